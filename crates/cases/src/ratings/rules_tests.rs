use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::access::{Actor, Role};
use crate::db::Instant;
use crate::policy::versions::built_in;

fn rules() -> &'static RatingRules {
    &built_in().ratings
}

fn actor() -> Actor {
    Actor { iss: "urn:test".into(), sub: "officer".into(), role: Role::SocialAffairsOffice, division: None }
}

/// A sheet in which each item has the given percentage of its points.
fn sheet(rater: Rater, share: u32) -> Sheet {
    let items = rules()
        .items()
        .map(|(_, item)| ItemScore {
            item: item.code.clone(),
            points: Points((item.points.0 * Decimal::new(share.into(), 2)).round_dp(2)),
            note: Some("说明".into()),
            evidence: Vec::new(),
        })
        .collect();
    let owners = rater == Rater::Owners;
    Sheet {
        rater,
        items: if owners { Vec::new() } else { items },
        satisfaction: owners.then(|| Points(Decimal::new(share.into(), 0))),
        respondents: owners.then_some(100),
        vetoes: Vec::new(),
        bonus: Vec::new(),
        evidence: Vec::new(),
        at: Instant::now(),
        by: actor(),
    }
}

fn sheets(office: u32, community: u32, owners: u32) -> Vec<Sheet> {
    vec![sheet(Rater::Office, office), sheet(Rater::Community, community), sheet(Rater::Owners, owners)]
}

fn given(sheet: &Sheet) -> RaterScores<'_> {
    RaterScores {
        rater: sheet.rater,
        items: &sheet.items,
        satisfaction: sheet.satisfaction,
        respondents: sheet.respondents,
        vetoes: &sheet.vetoes,
        bonus: &sheet.bonus,
    }
}

fn faults(sheet: &Sheet) -> Vec<(String, &'static str)> {
    let mut faults = Vec::new();
    check_scores(rules(), &given(sheet), &mut faults);
    faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}

fn ladder(kinds: &[MeasureKind]) -> Vec<LadderMeasure> {
    let measure = |kind: &MeasureKind| LadderMeasure {
        id: Id::new(),
        kind: *kind,
        reason_zh: "依据".into(),
        reason_en: "ground".into(),
        counts_until: None,
    };
    kinds.iter().map(measure).collect()
}

#[test]
fn thresholds_at_their_edges() {
    let star = |text: &str| rules().thresholds.star(text.parse().unwrap());
    let edges = [
        ("100", Star::Five),
        ("90", Star::Five),
        ("89.9999", Star::Four),
        ("80", Star::Four),
        ("79.99", Star::Three),
        ("70", Star::Three),
        ("69.99", Star::Two),
        ("60", Star::Two),
        ("59.99", Star::One),
        ("50", Star::One),
        ("49.9999", Star::Unqualified),
        ("0", Star::Unqualified),
    ];
    for (points, expected) in edges {
        assert_eq!(star(points), expected, "{points}");
    }
}

#[test]
fn a_missing_item_is_a_fault_and_so_is_each_other_one_at_once() {
    let whole = sheet(Rater::Office, 100);
    assert_eq!(faults(&whole), []);
    let mut bad = whole.clone();
    bad.items.remove(0);
    bad.items[0].points = Points::whole(99);
    bad.items[1].item = "no.such_item".into();
    bad.items[3] = bad.items[2].clone();
    bad.items[4].points = Points::whole(0);
    bad.items[4].note = None;
    bad.satisfaction = Some(Points::whole(90));
    bad.vetoes = vec![VetoIn { code: "veto.none".into(), ground: "无".into(), evidence: Vec::new() }];
    bad.bonus = vec![BonusIn {
        code: "bonus.honour".into(),
        points: Points::whole(3),
        ground: "表彰".into(),
        evidence: Vec::new(),
    }];
    let told = faults(&bad);
    for expected in [
        ("/items", "required"),
        ("/items/0/points", "out_of_range"),
        ("/items/1/item", "unknown_value"),
        ("/items/3/item", "duplicate"),
        ("/items/4/note", "required"),
        ("/satisfaction", "conflict"),
        ("/vetoes/0/code", "unknown_value"),
        ("/bonus/0/points", "out_of_range"),
    ] {
        assert!(told.contains(&(expected.0.to_owned(), expected.1)), "{expected:?} is not among {told:?}");
    }
    // The first item, the item under another code, and the item that a copy replaced.
    assert_eq!(told.iter().filter(|(pointer, _)| pointer == "/items").count(), 3);
}

#[test]
fn owners_give_one_figure_and_others_find_no_vetoes() {
    let owners = sheet(Rater::Owners, 80);
    assert_eq!(faults(&owners), []);
    let bare = Sheet { satisfaction: None, respondents: None, items: sheet(Rater::Office, 100).items, ..owners };
    let told = faults(&bare);
    assert_eq!(
        told,
        [
            ("/satisfaction".to_owned(), "required"),
            ("/respondents".to_owned(), "required"),
            ("/items".to_owned(), "conflict"),
        ]
    );
    let mut community = sheet(Rater::Community, 100);
    community.vetoes =
        vec![VetoIn { code: "veto.mass_incident".into(), ground: "事件".into(), evidence: Vec::new() }];
    assert_eq!(faults(&community), [("/vetoes".to_owned(), "conflict")]);
}

#[test]
fn nothing_is_derived_while_a_rater_is_missing() {
    let mut all = sheets(90, 90, 90);
    assert!(derive(rules(), &all, &[]).is_some());
    all.pop();
    assert!(derive(rules(), &all, &[]).is_none());
}

#[test]
fn a_downgrade_leaves_the_last_star_and_unqualified_is_unqualified() {
    use MeasureKind::{RatingUnqualified, StarDowngrade};
    let star = |from, kinds: &[MeasureKind]| adjust(from, &ladder(kinds)).0;
    assert_eq!(star(Star::Five, &[StarDowngrade]), Star::Four);
    assert_eq!(star(Star::One, &[StarDowngrade]), Star::One);
    assert_eq!(star(Star::Unqualified, &[StarDowngrade]), Star::Unqualified);
    assert_eq!(star(Star::Two, &[StarDowngrade, StarDowngrade, StarDowngrade]), Star::One);
    assert_eq!(star(Star::Five, &[RatingUnqualified, StarDowngrade]), Star::Unqualified);
    let (_, steps) = adjust(Star::Five, &ladder(&[RatingUnqualified, StarDowngrade]));
    let steps: Vec<_> = steps.iter().map(|step| (step.from, step.to)).collect();
    assert_eq!(steps, [(Star::Five, Star::Four), (Star::Four, Star::Unqualified)], "from step to step");
}

fn kinds() -> impl Strategy<Value = Vec<MeasureKind>> {
    let kind = prop_oneof![Just(MeasureKind::StarDowngrade), Just(MeasureKind::RatingUnqualified)];
    prop::collection::vec(kind, 0..4)
}

fn vetoes() -> impl Strategy<Value = Vec<VetoIn>> {
    let codes: Vec<String> = rules().vetoes.iter().map(|veto| veto.code.clone()).collect();
    let veto = |code: String| VetoIn { code, ground: "事实".into(), evidence: Vec::new() };
    prop::sample::subsequence(codes.clone(), 0..=codes.len())
        .prop_map(move |codes| codes.into_iter().map(veto).collect())
}

proptest! {
    #[test]
    fn more_points_never_mean_fewer_stars(
        low in (0..=100_u32, 0..=100_u32, 0..=100_u32), more in (0..=100_u32, 0..=100_u32, 0..=100_u32),
        vetoes in vetoes(), kinds in kinds(),
    ) {
        let up = |low: u32, more: u32| (low + more).min(100);
        let mut worse = sheets(low.0, low.1, low.2);
        let mut better = sheets(up(low.0, more.0), up(low.1, more.1), up(low.2, more.2));
        worse[0].vetoes = vetoes.clone();
        better[0].vetoes = vetoes;
        let ladder = ladder(&kinds);
        let (worse, better) =
            (derive(rules(), &worse, &ladder).unwrap(), derive(rules(), &better, &ladder).unwrap());
        prop_assert!(better.total >= worse.total);
        prop_assert!(better.raw_star >= worse.raw_star);
        prop_assert!(better.star >= worse.star);
    }

    #[test]
    fn vetoes_and_adjustments_only_lower(share in 0..=100_u32, vetoes in vetoes(), kinds in kinds()) {
        let plain = derive(rules(), &sheets(share, share, share), &[]).unwrap();
        let mut with = sheets(share, share, share);
        with[0].vetoes = vetoes;
        let with = derive(rules(), &with, &ladder(&kinds)).unwrap();
        prop_assert_eq!(with.raw_star, plain.raw_star);
        prop_assert!(with.vetoed_star <= with.raw_star);
        prop_assert!(with.star <= with.vetoed_star);
        for step in &with.vetoes {
            prop_assert!(step.to <= step.from && step.to <= step.caps_at);
        }
    }

    #[test]
    fn the_total_is_the_sum_of_what_is_shown(
        office in 0..=100_u32, community in 0..=100_u32, owners in 0..=100_u32, bonus in 0..=200_u32,
    ) {
        let mut all = sheets(office, community, owners);
        all[0].bonus = vec![BonusIn {
            code: "bonus.honour".into(), points: Points(Decimal::new(bonus.into(), 2)), ground: "表彰".into(), evidence: Vec::new(),
        }];
        let derived = derive(rules(), &all, &[]).unwrap();
        // Adds up the strings, as a reader would.
        let read = |text: String| text.parse::<Decimal>().unwrap();
        let mut sum = read(derived.bonus_counted.to_string());
        for (one, sheet) in derived.raters.iter().zip(&all) {
            if one.rater != Rater::Owners {
                let dimensions: Decimal = one.dimensions.iter().map(|d| read(d.points.to_string())).sum();
                let items: Decimal = sheet.items.iter().map(|item| read(item.points.to_string())).sum();
                prop_assert_eq!(dimensions, read(one.points.to_string()));
                prop_assert_eq!(items, dimensions);
            }
            let weighted = read(one.points.to_string()) * Decimal::from(one.weight_percent) / Decimal::ONE_HUNDRED;
            prop_assert_eq!(weighted, read(one.weighted.to_string()));
            sum += weighted;
        }
        prop_assert_eq!(sum, read(derived.total.to_string()));
        prop_assert_eq!(derived.total, WeightedPoints::from_units(derived.total.units()));
    }

    #[test]
    fn an_adjustment_and_its_undoing_cancel_out(share in 0..=100_u32, kinds in kinds(), extra in 0..4_usize) {
        let all = sheets(share, share, share);
        let mut measures = ladder(&kinds);
        let before = derive(rules(), &all, &measures).unwrap();
        let at = extra.min(measures.len());
        measures.insert(at, ladder(&[MeasureKind::StarDowngrade]).remove(0));
        measures.remove(at);
        prop_assert_eq!(derive(rules(), &all, &measures).unwrap(), before);
    }
}
