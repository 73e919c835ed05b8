//! Ledger events of companies.

use crate::service::events::Fact::{Count, Flag, Id, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[
    Subject {
        kind: "company",
        schema: "EventDataCompany",
        about: "A property service company 物业服务企业",
        facts: &[
            ("uscc", Text, "USCC (统一社会信用代码)."),
            ("name", Text, "Name."),
            ("parent_id", Id, "Id of the parent company (总公司); null if none."),
            ("branch_id", Id, "Id of the branch that joined or left."),
            ("branch_uscc", Text, "USCC of the branch."),
            ("branch_name", Text, "Name of the branch."),
            ("version", Count, "Version of the resource after the event."),
        ],
        digests: &["legal_representative", "uscc_override_reason"],
        types: &[
            Type { code: "company.registered", zh: "企业登记", en: "A company was registered" },
            Type { code: "company.changed", zh: "企业信息变更", en: "A company was changed" },
            Type { code: "company.branch_joined", zh: "分支机构归入", en: "A branch joined a company" },
            Type { code: "company.branch_left", zh: "分支机构脱离", en: "A branch left a company" },
        ],
    },
    Subject {
        kind: "company_change",
        schema: "EventDataCompanyChange",
        about: "A company change 企业变更申请",
        facts: &[
            ("company_id", Id, "Id of the company."),
            ("parent_id", Id, "Id of the parent company (总公司); null if none."),
            ("name", Text, "Name."),
            ("changes_parent", Flag, "True if the change sets or removes the parent company."),
            ("version", Count, "Version of the resource after the event."),
        ],
        digests: &["reason"],
        types: &[
            Type { code: "company.change_proposed", zh: "企业变更申请", en: "A company change was proposed" },
            Type { code: "company.change_approved", zh: "企业变更批准", en: "A company change was approved" },
            Type { code: "company.change_refused", zh: "企业变更不予批准", en: "A company change was refused" },
        ],
    },
];
