//! Draws the history of a complaint at random, up to now. The service's own rules route it and set its deadlines.

use chrono::{DateTime, TimeDelta, Utc};
use xiaoqu::access::{Actor, Role};
use xiaoqu::complaints::clock_rules::Limit;
use xiaoqu::complaints::model::*;
use xiaoqu::complaints::routing_rules::{Route, office_of, route};
use xiaoqu::complaints::rules;
use xiaoqu::db::types::Json;
use xiaoqu::db::{Id, Instant};
use xiaoqu::ledger::Place;
use xiaoqu::personal::Purpose;
use xiaoqu::policy::complaints::ComplaintCategory;

use crate::chance::Chance;
use crate::words;
use crate::world::World;

type Time = DateTime<Utc>;

/// A complaint with all its rows.
pub struct DrawnComplaint {
    pub row: ComplaintRow,
    pub steps: Vec<StepRow>,
    pub followers: Vec<FollowerRow>,
    pub cards: Vec<CardRow>,
    /// Texts to encrypt: owner, purpose, text.
    pub texts: Vec<(Id, Purpose, String)>,
    pub phone: Option<String>,
    given: Vec<(DeadlineKind, CardColour, Instant)>,
}

/// Percentages of complaints.
const REJECTED: usize = 4;
const MERGED: usize = 3;
const TRANSFERRED: usize = 8;
const ASKED_BACK: usize = 5;
const EXTENDED: usize = 6;
const MEDIATED: usize = 2;
const RATED: usize = 45;
const REOPENED: usize = 3;
const ANONYMOUS: usize = 12;
const FOLLOWED: usize = 8;
/// Number of residents with an account, about the number of households of a county of this size.
const ACCOUNTS: usize = 250_000;

const DAY: f64 = 86_400.0;

fn later(at: Time, seconds: f64) -> Time {
    at + TimeDelta::milliseconds((seconds * 1000.0) as i64)
}

/// Of 100 replies, 80 are in time, mostly early; 14 are a little late and 6 are very late.
fn slowness(chance: &mut Chance) -> f64 {
    match chance.below(100) {
        0..80 => 0.05 + 0.93 * chance.share().powf(1.4),
        80..94 => chance.between(1.0, 2.0),
        _ => chance.between(2.0, 8.0),
    }
}

/// The steps after the submission, in order. Automatic steps are not included.
fn plan(chance: &mut Chance, row: &ComplaintRow, category: &ComplaintCategory) -> Vec<(Time, StepKind)> {
    use StepKind::*;
    let at = row.submitted_at.0;
    let until = |due: Instant| (due.0 - at).num_seconds() as f64;
    let (accept, resolve) = (until(row.course.0.accept_due), until(row.resolve_due));
    let accepted =
        later(at, accept * if chance.percent(97) { chance.between(0.02, 0.95) } else { chance.between(1.0, 2.0) });
    let mut all = Vec::new();
    if chance.percent(REJECTED) {
        return vec![(accepted, Rejected)];
    }
    if chance.percent(MERGED) {
        return vec![(accepted, Merged)];
    }
    all.push((accepted, Accepted));
    let mut free = accepted;
    let mut pass = |all: &mut Vec<(Time, StepKind)>, kind, seconds: f64| {
        free = later(free, seconds);
        all.push((free, kind));
    };
    let work = resolve * slowness(chance);
    if category.first_handler == Role::PropertyCompany && chance.percent(TRANSFERRED) {
        pass(&mut all, Transferred, work * 0.1);
        pass(&mut all, Accepted, work * 0.05);
    }
    if chance.percent(ASKED_BACK) {
        pass(&mut all, InformationRequested, work * 0.2);
        let waits = chance.between(0.5, 8.0) * DAY;
        pass(&mut all, InformationGiven, waits);
    }
    if category.code == "dispute.mediation" || chance.percent(MEDIATED) {
        pass(&mut all, MediationStarted, work * 0.1);
        pass(&mut all, MediationEnded, work * 0.7);
    }
    if chance.percent(EXTENDED) {
        pass(&mut all, ExtensionRequested, work * 0.2);
        pass(&mut all, ExtensionGranted, work * 0.05);
    }
    let answered = later(at, work).max(later(free, 3600.0));
    all.push((answered, Replied));
    let rated = |chance: &mut Chance, from: Time| later(from, chance.between(0.1, 6.0) * DAY);
    let again = chance.percent(REOPENED);
    if again {
        let reopened = rated(chance, answered);
        let second = later(reopened, (resolve * slowness(chance)).max(accept));
        all.extend([(reopened, Reopened), (later(reopened, accept * 0.5), Accepted), (second, Replied)]);
        all.push((rated(chance, second), Satisfaction));
    } else if chance.percent(RATED) {
        all.push((rated(chance, answered), Satisfaction));
    }
    all
}

fn routed(
    world: &World,
    category: &ComplaintCategory,
    place: &Place,
    served: bool,
    chance: &mut Chance,
) -> (Route, Option<OfficeRef>) {
    let officials = category.code == world.rules.officials_category;
    let meant = officials.then(|| {
        let role = chance.weighted(&[(Role::SocialAffairsOffice, 5), (Role::Community, 4), (Role::CountyAuthority, 1)]);
        office_of(role, place)
    });
    let meant = meant.flatten();
    (route(&world.rules, category, place, served, meant.as_ref()), meant)
}

impl DrawnComplaint {
    /// `number` is unique among the complaints. Automatic steps after `clock_until` are left to the service's deadline
    /// check.
    pub fn draw(world: &World, chance: &mut Chance, at: Time, number: usize, clock_until: Time) -> DrawnComplaint {
        let at_place = chance.below(world.homes.len());
        let home = &world.homes[at_place];
        let category = &world.rules.categories[chance.weighted(&world.mix)];
        let (route, complained_office) = routed(world, category, &home.place, home.company.is_some(), chance);
        let with_company = route.handler.role == Role::PropertyCompany;
        use ComplaintChannel::*;
        let channel = chance.weighted(&[
            (App, 40),
            (Phone, 22),
            (Hotline, 15),
            (Portal, 8),
            (Visit, 7),
            (Patrol, 5),
            (Open311, 3),
        ]);
        let about_officials = complained_office.is_some();
        let clock = world.clock();
        let submitted_at = Instant(at);
        let due = |amount| clock.due(submitted_at, Limit::of(category.clock, amount));
        let (accept_due, resolve_due) = (due(category.accept_within), due(category.resolve_within));
        let anonymous = channel == Patrol || chance.percent(ANONYMOUS);
        let course = Handling {
            clock: category.clock,
            accept_within: category.accept_within,
            resolve_within: category.resolve_within,
            policy_version: world.policy_version,
            accept_due,
            accepted_at: None,
            resolved_at: None,
            closed_at: None,
            paused_at: None,
            assigned_at: submitted_at,
            returned: false,
            extension: None,
            escalated_at: None,
            merged_into: None,
            public_summary: None,
            point: home.point.filter(|_| chance.percent(40)),
            point_released: false,
            complained_office,
            anonymous,
            has_contact: !anonymous,
            consent: with_company && chance.percent(60),
            erased_at: None,
            links: Vec::new(),
            client: None,
            resumes: None,
        };
        let row = ComplaintRow {
            id: chance.id(at),
            version: 1,
            kind: words::kind(chance),
            channel,
            category: category.code.clone(),
            organisation: (!category.organisations.is_empty()).then(|| *chance.pick(&category.organisations)),
            state: ComplaintState::Submitted,
            is_open: true,
            complex_id: Some(home.id).filter(|_| !about_officials),
            company_id: home.company.filter(|_| !about_officials),
            with_company,
            county: route.place.county,
            township: route.place.township,
            community: route.place.community,
            confidentiality: route.confidentiality,
            is_public: category.public,
            handler_role: route.handler.role,
            handler_division: route.handler.division,
            supervising_role: SupervisingRole(route.supervising_office.as_ref().map(|seat| seat.role)),
            supervising_division: route.supervising_office.map(|seat| seat.division).unwrap_or_default(),
            hotline_number: (channel == Hotline).then(|| format!("YC{}-{number:07}", at.format("%Y%m%d"))),
            submitted_at,
            resolve_due,
            next_at: None,
            accepted_on_time: None,
            resolved_on_time: None,
            working_minutes: None,
            satisfaction: None,
            reopened: false,
            red_cards: 0,
            course: Json(course),
            updated_at: submitted_at,
        };
        let mut complaint = DrawnComplaint {
            row,
            steps: Vec::new(),
            followers: Vec::new(),
            cards: Vec::new(),
            texts: Vec::new(),
            phone: None,
            given: Vec::new(),
        };
        let by_account = matches!(channel, App | Portal);
        let own = if by_account { StepActor::Complainant } else { complaint.office() };
        complaint.step(chance, at, StepKind::Submitted, StepAudience::Complainant, own, None);
        complaint.persons(world, chance, by_account);
        let plan = plan(chance, &complaint.row, category);
        complaint.live(world, chance, plan, &home.place, clock_until);
        complaint
    }

    fn persons(&mut self, world: &World, chance: &mut Chance, by_account: bool) {
        let id = self.row.id;
        self.texts.push((id, Purpose::Description, json(&words::submission(chance))));
        if self.row.course.0.has_contact {
            let contact = words::contact(chance);
            self.texts.push((id, Purpose::Contact, json(&contact)));
            self.phone = contact.phone;
        }
        let follows = [by_account, chance.percent(FOLLOWED)];
        for (at, _) in follows.into_iter().enumerate().filter(|(_, follows)| *follows) {
            // Two halves, so that nobody follows twice.
            let sub = format!("resident-{}", chance.below(ACCOUNTS / 2) * 2 + at);
            let followed_at = self.row.submitted_at;
            self.followers.push(FollowerRow {
                complaint_id: id,
                iss: world.issuer.clone(),
                sub,
                is_owner: at == 0,
                followed_at,
            });
        }
    }

    fn live(
        &mut self,
        world: &World,
        chance: &mut Chance,
        plan: Vec<(Time, StepKind)>,
        place: &Place,
        clock_until: Time,
    ) {
        for (at, kind) in plan {
            self.by_itself(world, chance, at.min(world.now), clock_until);
            if at > world.now || !self.may(kind) {
                break;
            }
            self.take(world, chance, at, kind, place);
        }
        self.by_itself(world, chance, world.now, clock_until);
        self.row.next_at = self.next_check_at(world);
    }

    fn may(&self, kind: StepKind) -> bool {
        rules::allowed(kind).contains(&self.row.state)
    }

    fn next_check_at(&self, world: &World) -> Option<Instant> {
        rules::next_check_at(&self.row, &self.given, &world.rules, &world.clock())
    }

    /// The automatic steps until then: cards, closure without a response, erasure.
    fn by_itself(&mut self, world: &World, chance: &mut Chance, until: Time, clock_until: Time) {
        while let Some(at) = self.next_check_at(world).filter(|at| at.0 <= until) {
            if at.0 > clock_until {
                return;
            }
            if self.row.is_open {
                self.card(world, chance, at);
            } else if self.row.state == ComplaintState::Replied {
                self.change(ComplaintState::Closed, at.0);
                self.row.course.0.closed_at = Some(at);
                self.step(chance, at.0, StepKind::Closed, StepAudience::Complainant, StepActor::Program, None);
            } else {
                self.erase(chance, at);
            }
        }
    }

    fn card(&mut self, world: &World, chance: &mut Chance, at: Instant) {
        let cards = rules::cards(&self.row, &world.rules, &world.clock());
        let open = cards.into_iter().find(|card| !self.given.contains(&(card.deadline, card.colour, card.due)));
        let Some(card) = open else { return };
        self.given.push((card.deadline, card.colour, card.due));
        self.cards.push(CardRow {
            complaint_id: self.row.id,
            deadline: card.deadline,
            colour: card.colour,
            due_at: card.due,
            issued_at: at,
            handler_role: self.row.handler_role,
            handler_division: self.row.handler_division.clone(),
        });
        let red = card.colour == CardColour::Red;
        let kind = if red { StepKind::RedCard } else { StepKind::YellowCard };
        self.step(chance, at.0, kind, StepAudience::Parties, StepActor::Program, None);
        if red {
            self.row.red_cards += 1;
            if self.row.course.0.escalated_at.is_none() {
                self.row.course.0.escalated_at = Some(at);
                self.step(chance, at.0, StepKind::Escalated, StepAudience::Parties, StepActor::Program, None);
            }
        }
        self.row.version += 1;
        self.row.updated_at = at;
    }

    fn erase(&mut self, chance: &mut Chance, at: Instant) {
        self.texts.retain(|(_, purpose, _)| *purpose != Purpose::Contact);
        self.followers.clear();
        self.phone = None;
        self.row.course.0.has_contact = false;
        self.row.course.0.consent = false;
        self.row.course.0.erased_at = Some(at);
        self.row.version += 1;
        self.row.updated_at = at;
        self.step(chance, at.0, StepKind::Erased, StepAudience::Offices, StepActor::Program, None);
    }

    fn take(&mut self, world: &World, chance: &mut Chance, time: Time, kind: StepKind, place: &Place) {
        use ComplaintState as State;
        let at = Instant(time);
        let clock = world.clock();
        let limit = Limit::of(self.row.course.0.clock, self.row.course.0.resolve_within);
        let mut said = None;
        let mut actor = self.office();
        match kind {
            StepKind::Accepted => {
                let first = self.row.course.0.accepted_at.is_none();
                self.row.course.0.accepted_at.get_or_insert(at);
                if first {
                    self.row.accepted_on_time = Some(time < self.row.course.0.accept_due.0);
                }
                self.change(State::Accepted, time);
            }
            StepKind::Rejected | StepKind::Merged => {
                said = (kind == StepKind::Rejected).then(|| words::answer(chance));
                self.row.course.0.closed_at = Some(at);
                self.change(if kind == StepKind::Merged { State::Merged } else { State::Rejected }, time);
            }
            StepKind::Transferred => {
                said = Some(words::remark(chance));
                let row = &mut self.row;
                if let Some(seat) = office_of(Role::SocialAffairsOffice, place) {
                    (row.handler_role, row.handler_division) = (seat.role, seat.division);
                }
                if let Some(seat) = office_of(Role::TownshipLeader, place) {
                    row.set_supervising_office(Some(seat));
                }
                self.row.course.0.assigned_at = at;
                self.change(State::Assigned, time);
            }
            StepKind::InformationRequested => {
                said = Some(words::remark(chance));
                self.row.course.0.paused_at = Some(at);
                self.row.course.0.resumes = Some(self.row.state);
                self.change(State::WaitingForComplainant, time);
            }
            StepKind::InformationGiven => {
                said = Some(words::remark(chance));
                actor = StepActor::Complainant;
                if let Some(paused) = self.row.course.0.paused_at.take() {
                    self.row.resolve_due = clock.moved(self.row.resolve_due, limit, paused, at);
                }
                let back = self.row.course.0.resumes.take().unwrap_or(State::Accepted);
                self.change(back, time);
            }
            StepKind::MediationStarted => {
                self.row.course.0.resumes = Some(self.row.state);
                self.change(State::InMediation, time);
            }
            StepKind::MediationEnded => {
                said = Some(words::remark(chance));
                let back = self.row.course.0.resumes.take().unwrap_or(State::Accepted);
                self.change(back, time);
            }
            StepKind::ExtensionRequested => {
                if time > self.row.resolve_due.0 {
                    return;
                }
                said = Some(words::remark(chance));
                let most = clock.most_extension(limit, world.rules.extension_most_working_days).count();
                let amount = 1 + chance.below(most as usize) as u32;
                self.row.course.0.extension = Some(Extension { amount, asked_at: at, granted: None });
            }
            StepKind::ExtensionGranted => {
                let Some(extension) = &mut self.row.course.0.extension else { return };
                extension.granted = Some(true);
                let by = Limit::of(self.row.course.0.clock, extension.amount);
                self.row.resolve_due = clock.extended(self.row.resolve_due, by);
            }
            StepKind::Replied => {
                said = Some(words::answer(chance));
                self.row.course.0.resolved_at = Some(at);
                self.row.resolved_on_time = Some(time <= self.row.resolve_due.0);
                let hours = &world.rules.working_hours;
                self.row.working_minutes = Some(clock.working_minutes(self.row.submitted_at, at, hours));
                self.change(State::Replied, time);
            }
            StepKind::Satisfaction => {
                actor = StepActor::Complainant;
                let score = chance.weighted(&[(5, 45), (4, 30), (3, 15), (2, 6), (1, 4)]);
                self.row.satisfaction = Some(score);
                if score >= i64::from(world.rules.satisfied_from) && self.row.course.0.closed_at.is_none() {
                    self.row.course.0.closed_at = Some(at);
                    self.change(State::Closed, time);
                }
            }
            StepKind::Reopened => {
                said = Some(words::remark(chance));
                actor = StepActor::Complainant;
                self.row.reopened = true;
                let course = &mut self.row.course.0;
                let due = |within| clock.due(at, Limit::of(course.clock, within));
                (course.accept_due, self.row.resolve_due) = (due(course.accept_within), due(course.resolve_within));
                (course.accepted_at, course.resolved_at, course.closed_at) = (None, None, None);
                course.assigned_at = at;
                course.extension = None;
                self.change(State::Reopened, time);
            }
            _ => {}
        }
        self.step(chance, time, kind, StepAudience::Complainant, actor, said);
    }

    fn change(&mut self, state: ComplaintState, at: Time) {
        self.row.state = state;
        self.row.is_open = state.is_open();
        self.row.version += 1;
        self.row.updated_at = Instant(at);
    }

    /// A person of the handling office or company.
    fn office(&self) -> StepActor {
        let role = self.row.handler_role;
        let division = (!self.row.handler_division.is_empty()).then(|| self.row.handler_division.clone());
        let actor =
            Actor { iss: "https://iss.example.invalid".into(), sub: format!("clerk-{}", role.code()), role, division };
        StepActor::Office { actor }
    }

    fn step(
        &mut self,
        chance: &mut Chance,
        at: Time,
        kind: StepKind,
        audience: StepAudience,
        actor: StepActor,
        said: Option<String>,
    ) {
        let id = chance.id(at);
        let row = StepRow {
            id,
            complaint_id: self.row.id,
            kind,
            audience,
            at: Instant(at),
            actor: Json(actor),
            facts: Json(serde_json::json!({})),
        };
        self.steps.push(row);
        if let Some(text) = said {
            self.texts.push((id, Purpose::Text, json(&StepText { text: Some(text), evidence: Vec::new() })));
        }
    }
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A time of day at which people complain, in Chinese time: mostly from eight to ten in the evening.
pub fn time_of_day(chance: &mut Chance, day: Time) -> Time {
    let hour =
        chance.weighted(&[(0, 1), (6, 2), (8, 12), (10, 14), (12, 8), (14, 12), (16, 12), (18, 14), (20, 10), (22, 3)]);
    let seconds = (hour as f64 + chance.between(0.0, 2.0) - 8.0) * 3600.0;
    later(day, seconds)
}
