//! What changes a pass: each asks first, and says what it means.
//! No rules of which state allows what: the domain has them, and refuses.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    domain::{
        access::Verb,
        command::{Ask, Outcome},
        ids::VoucherId,
        life::State,
        view::{Filter, VoucherView},
    },
    http::{
        block,
        extract::{ask, only},
        problem::{Problem, Wrong},
        v1::vouchers::{issue::drawn, seen},
    },
    pages::{
        form::{Mistake, Once, key},
        layout::{Layout, page, page_again},
        stop::{Stop, see_other},
        visitor::Visitor,
        vouchers::{
            activate::{Answered, Called, mistake},
            facts::{Question, questions},
            issue::asked as asked_of,
        },
    },
};

/// One thing that can be done to a pass.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Its part of the URL, and of the keys of its sentences.
    pub code: &'static str,
    verb: Verb,
    /// In which states it is offered.
    states: &'static [State],
    /// Something is lost by it.
    pub grave: bool,
}

/// Sent to somebody else: as when it is lost, and what waits to be sent is given up.
pub const MISDIRECTED: &str = "wrong-recipient";

const ACTIVATE: Change =
    Change { code: "activate", verb: Verb::VoucherIssue, states: &[State::Stock], grave: false };

const CHANGES: [Change; 6] = [
    ACTIVATE,
    Change {
        code: "replace",
        verb: Verb::VoucherReplace,
        states: &[State::Active, State::Suspended],
        grave: false,
    },
    Change {
        code: MISDIRECTED,
        verb: Verb::VoucherReplace,
        states: &[State::Active, State::Suspended],
        grave: true,
    },
    Change { code: "suspend", verb: Verb::VoucherSuspend, states: &[State::Active], grave: false },
    Change {
        code: "reinstate",
        verb: Verb::VoucherReinstate,
        states: &[State::Suspended],
        grave: false,
    },
    Change {
        code: "cancel",
        verb: Verb::VoucherCancel,
        states: &[State::Active, State::Suspended, State::Stock],
        grave: true,
    },
];

impl Change {
    /// What the visitor may do with a pass in this state.
    pub fn open(visitor: &Visitor, state: State) -> Vec<Self> {
        let may =
            |change: &&Self| change.states.contains(&state) && visitor.may(change.verb).is_ok();
        CHANGES.iter().filter(may).copied().collect()
    }

    fn named(code: &str) -> Result<Self, Problem> {
        CHANGES.into_iter().find(|change| change.code == code).ok_or_else(|| Wrong::NotFound.into())
    }
}

#[derive(Template)]
#[template(path = "vouchers/change.html")]
struct ChangePage {
    layout: Layout,
    once: Once,
    mistakes: Vec<Mistake>,
    row: VoucherView,
    change: Change,
    /// The issuer's own reference, which may be noted when a pass is handed out.
    own_reference: Option<String>,
    /// About the person, when a pass is handed out.
    questions: Vec<Question>,
    /// Passes that were given the same: then it is asked once more.
    same: Vec<VoucherView>,
}

impl ChangePage {
    fn new(visitor: &Visitor, row: VoucherView, change: Change) -> Self {
        let own = row.own_reference.clone().unwrap_or_default();
        Self {
            layout: visitor.layout(&format!("{}-title", change.code)),
            once: Once::new(visitor),
            mistakes: Vec::new(),
            row,
            change,
            own_reference: (change == ACTIVATE).then_some(own),
            questions: Vec::new(),
            same: Vec::new(),
        }
    }

    /// With what a pass that is handed out may be noted under, as it was given.
    async fn noting(self, visitor: &Visitor, called: &Called) -> Result<Self, Problem> {
        if self.change != ACTIVATE {
            return Ok(self);
        }
        let asked = asked_of(visitor, self.row.programme).await?;
        let questions = questions(&visitor.say, &asked, &called.facts);
        Ok(Self { questions, ..self })
    }
}

/// Whether a pass is activated although others have the same own reference.
pub async fn asked_again(
    visitor: &Visitor,
    row: VoucherView,
    called: Called,
    same: Vec<VoucherView>,
) -> Result<HttpResponse, Problem> {
    let shown = ChangePage::new(visitor, row, ACTIVATE).noting(visitor, &called).await?;
    let own_reference = Some(called.own_reference);
    page(&ChangePage { own_reference, same, ..shown })
}

async fn asked(visitor: &Visitor, id: i64, code: &str) -> Result<(VoucherView, Change), Problem> {
    let change = Change::named(code)?;
    let filter = Filter::one(visitor.caller.may(change.verb)?, id);
    let row = only(block(&visitor.state, move |service| seen(service, &filter)).await?)?;
    Ok((row, change))
}

pub async fn confirm(
    visitor: Visitor,
    path: web::Path<(i64, String)>,
) -> Result<HttpResponse, Stop> {
    let (row, change) = asked(&visitor, path.0, &path.1).await?;
    let shown = ChangePage::new(&visitor, row, change);
    Ok(page(&shown.noting(&visitor, &Called::default()).await?)?)
}

#[derive(Deserialize)]
pub struct Given {
    form_token: String,
    request: Uuid,
    #[serde(flatten)]
    called: Called,
}

pub async fn change(
    visitor: Visitor,
    path: web::Path<(i64, String)>,
    given: web::Form<Given>,
) -> Result<HttpResponse, Stop> {
    let Given { form_token, request, called } = given.into_inner();
    visitor.sent(&form_token)?;
    let (row, change) = asked(&visitor, path.0, &path.1).await?;
    let done = if change == ACTIVATE {
        match called.activate(&visitor, &row, request).await {
            Ok(Answered::Same(same)) => return Ok(asked_again(&visitor, row, called, same).await?),
            Ok(Answered::Activated) => Ok(row.id),
            Err(problem) => Err(problem),
        }
    } else {
        done(&visitor, &row, change, request).await
    };
    match done {
        Ok(voucher) => Ok(see_other(&format!("/vouchers/{voucher}?done={}", change.code))),
        Err(problem) => {
            let mistakes = vec![mistake(&visitor, &problem, "")];
            let shown = ChangePage::new(&visitor, row, change).noting(&visitor, &called).await?;
            let shown = ChangePage { mistakes, ..shown };
            let own_reference = shown.own_reference.as_ref().map(|_| called.own_reference);
            Ok(page_again(&problem, &ChangePage { own_reference, ..shown })?)
        }
    }
}

/// The pass to look at afterwards.
async fn done(
    visitor: &Visitor,
    row: &VoucherView,
    change: Change,
    request: Uuid,
) -> Result<VoucherId, Problem> {
    let voucher = row.id;
    let key = key(request, &format!("{} {voucher}", change.code));
    let ask = |wanted: Ask| ask(&visitor.state, visitor.caller, &key, "", wanted);
    match change.code {
        "suspend" => ask(Ask::Suspend { voucher }).await?,
        "reinstate" => ask(Ask::Reinstate { voucher }).await?,
        "cancel" => ask(Ask::Cancel { voucher }).await?,
        _ => {
            let new = move |draft| Ask::Replace { voucher, draft };
            let answer = drawn(&visitor.state, visitor.caller, &key, "", new).await?;
            let Outcome::Issued { voucher: new, .. } = answer.outcome else {
                return Err(Wrong::Internal.into());
            };
            let forget = change.code == MISDIRECTED;
            block(&visitor.state, move |service| {
                if forget {
                    service.no_more_reminders(voucher)?;
                }
                service.hand_on_own_reference(voucher, new)
            })
            .await?;
            return Ok(new);
        }
    };
    Ok(voucher)
}
