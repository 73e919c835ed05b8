DROP TABLE attachment_realm;
DROP TABLE attachments;
