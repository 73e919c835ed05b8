//! Deletion of attachments, and an attachment store that is unreachable or full.

use std::fs::File;
use std::time::{Duration, SystemTime};

use xiaoqu::files::{remove_unattached, sweep};

use crate::on_both_databases;
use crate::support::cases::{Case, nine};
use crate::support::files::{a_jpeg, a_png, evidence};
use crate::support::rows::path;

fn make_old(file: &std::path::Path, hours: u64) {
    let file = File::options().append(true).open(file).expect("the file");
    file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3600)).expect("its time");
}

on_both_databases! {
    async fn a_file_that_belongs_to_nothing_goes_after_a_day(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        app.set_clock("2026-03-02T01:00:00Z");
        let reporter = case.reporter();
        let (kept, left) = (reporter.a_picture().await, reporter.a_picture().await);
        let mut input = case.report_input(nine(3), "P", "2026-03-02");
        input["evidence"] = evidence(&kept);
        reporter.post("/v1/violations", &input).await.expect(201);
        app.set_clock("2026-03-03T00:59:00Z");
        assert_eq!(remove_unattached(&app.state).await.expect("it works"), 0);
        reporter.get(&format!("/v1/attachments/{left}")).await.expect(200);
        app.set_clock("2026-03-03T01:01:00Z");
        assert_eq!(remove_unattached(&app.state).await.expect("it works"), 1);
        assert_eq!(remove_unattached(&app.state).await.expect("it works"), 0);
        assert_eq!((app.attachments(), app.objects().len()), (1, 1));
        reporter.get(&format!("/v1/attachments/{left}")).await.problem(404, "not_found");
        reporter.get(&format!("/v1/attachments/{kept}/content")).await;
        app.sealed().await;
        let events = app.county().get(&format!("/v1/events?subject_id={left}")).await;
        assert_eq!(events.items().iter().map(|event| &event["type"]).collect::<Vec<_>>(), ["attachment.uploaded", "attachment.deleted"]);
    }

    async fn objects_without_a_row_are_swept_when_they_are_old(app: TestApp) {
        let social = app.social();
        let made = social.upload("a.png", "image/png", a_png()).await.expect(201);
        let object = app.objects().pop().expect("its object");
        let (folder, realm) = (object.parent().expect("a folder"), object.ancestors().nth(2).expect("the realm"));
        // A leftover of a crash, from this database; and a file of another database in the same place.
        let (orphan, young) = (folder.join("orphan"), folder.join("young"));
        let unfinished = folder.join("something#1");
        let others = realm.with_file_name("0123456789abcdef").join("aa");
        std::fs::create_dir_all(&others).expect("a folder");
        for (file, hours) in [(&orphan, 25), (&young, 23), (&unfinished, 25), (&others.join("file"), 99)] {
            std::fs::write(file, "x").expect("a file");
            make_old(file, hours);
        }
        make_old(&object, 99);
        assert_eq!(sweep(&app.state).await.expect("it works"), 2);
        assert!(!orphan.exists() && !unfinished.exists());
        assert!(young.exists() && others.join("file").exists() && object.exists());
        social.get(&path("attachments", &made)).await.expect(200);
    }

    async fn a_store_that_is_away_is_told_and_heals_without_a_restart(app: TestApp) {
        let social = app.social();
        let made = social.upload("a.png", "image/png", a_png()).await;
        let at = format!("/v1/attachments/{}/content", made.id());
        let (folder, moved) = (app.folder.path().to_owned(), app.folder.path().with_extension("away"));
        std::fs::rename(&folder, &moved).expect("it is away");
        for answer in [social.get(&at).await, social.upload("b.jpg", "image/jpeg", a_jpeg(900)).await] {
            answer.problem(503, "attachments_unavailable");
            assert_eq!(answer.header("retry-after"), "2");
        }
        // Operations that need no bytes still work.
        social.get(&format!("/v1/attachments/{}", made.id())).await.expect(200);
        let ready = app.nobody().get("/readyz").await;
        assert!(ready.json["warnings"].to_string().contains("attachments_unreachable"), "{}", ready.json);
        std::fs::rename(&moved, &folder).expect("it is back");
        assert!(social.get(&at).await.bytes == a_png());
        social.upload("b.jpg", "image/jpeg", a_jpeg(900)).await.expect(201);
        assert_eq!((app.attachments(), app.objects().len()), (2, 2));
        assert!(!app.nobody().get("/readyz").await.json["warnings"].to_string().contains("attachments_unreachable"));
    }
}
