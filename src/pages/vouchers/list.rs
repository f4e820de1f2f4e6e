//! The passes that a visitor may see, the newest first, searched by their reference.
//! No bearer text.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    domain::{
        access::{Tenant, Verb},
        ids::ProgrammeId,
        life::State,
        own_reference::OwnReference,
        view::{Filter, ProgrammeView, Row as _, Selection, VoucherView},
        voucher::Reference,
    },
    http::{block, v1::vouchers::seen},
    pages::{
        form::Mistake,
        layout::{Layout, page},
        stop::Stop,
        visitor::Visitor,
    },
};

const ROWS: u32 = 50;

#[derive(Deserialize)]
pub struct Query {
    #[serde(default)]
    reference: String,
    #[serde(default)]
    programme: String,
    /// A state, `ending` or `unused`.
    #[serde(default)]
    selection: String,
    after: Option<i64>,
}

#[derive(Template)]
#[template(path = "vouchers/list.html")]
struct ListPage {
    layout: Layout,
    mistakes: Vec<Mistake>,
    reference: String,
    programmes: Vec<(ProgrammeView, bool)>,
    /// The code of each choice, its words, and whether it is the one.
    selections: Vec<(&'static str, String, bool)>,
    rows: Vec<(VoucherView, String)>,
    next: Option<String>,
    /// Somebody narrowed the list: empty means none of these, not none at all.
    narrowed: bool,
    may_issue: bool,
    /// Whether the visitor sees own references.
    owns: bool,
}

pub async fn list(visitor: Visitor, query: web::Query<Query>) -> Result<HttpResponse, Stop> {
    let within = visitor.may(Verb::VoucherRead)?;
    let Query { reference, programme, selection, after } = query.into_inner();
    let owns = matches!(within, Tenant::Issuer(_));
    let wanted: Option<Reference> = reference.trim().to_uppercase().parse().ok();
    // What has not the form of a pass's reference is its issuer's own.
    let own: Option<OwnReference> = reference.parse().ok().filter(|_| owns && wanted.is_none());
    let wrong = !reference.trim().is_empty() && wanted.is_none() && own.is_none();
    let mistake = || Mistake {
        field: "reference".to_owned(),
        said: visitor.say.t("vouchers-reference-wrong"),
    };
    let mistakes: Vec<Mistake> = wrong.then(mistake).into_iter().collect();
    let chosen: Option<ProgrammeId> = programme.parse::<i64>().ok().map(ProgrammeId);
    let selection = Selection::from_code(&selection);
    let filter = Filter {
        reference: wanted,
        own_reference: own,
        programme: chosen,
        selection,
        after,
        limit: ROWS,
        ..Filter::of(within)
    };
    let nothing = !mistakes.is_empty();
    let (rows, programmes) = block(&visitor.state, move |service| {
        let rows = if nothing { Vec::new() } else { seen(service, &filter)? };
        let all = Filter { limit: 200, ..Filter::of(within) };
        Ok((rows, service.database().programmes(&all)?))
    })
    .await?;
    let full = rows.len() >= usize::try_from(ROWS).unwrap_or(usize::MAX);
    let next = rows.last().filter(|_| full).map(|row| {
        let chosen = chosen.map(|id| format!("&programme={id}")).unwrap_or_default();
        let selection = selection
            .map(|selection| format!("&selection={}", selection.code()))
            .unwrap_or_default();
        format!("/vouchers?after={}{chosen}{selection}", row.cursor())
    });
    let names: HashMap<ProgrammeId, String> =
        programmes.iter().map(|row| (row.id, row.name.clone())).collect();
    let named = |row: VoucherView| {
        let name = names.get(&row.programme).cloned().unwrap_or_default();
        (row, name)
    };
    Ok(page(&ListPage {
        layout: visitor.layout("vouchers-title"),
        mistakes,
        narrowed: chosen.is_some() || selection.is_some() || !reference.trim().is_empty(),
        reference,
        rows: rows.into_iter().map(named).collect(),
        programmes: programmes
            .into_iter()
            .map(|row| {
                let here = Some(row.id) == chosen;
                (row, here)
            })
            .collect(),
        selections: Selection::ALL
            .into_iter()
            .chain(selection.filter(|one| Selection::LATE.contains(one)))
            .map(|one| choice(&visitor, one, selection))
            .collect(),
        next,
        owns,
        may_issue: visitor.may(Verb::VoucherIssue).is_ok(),
    })?)
}

fn choice(
    visitor: &Visitor,
    one: Selection,
    chosen: Option<Selection>,
) -> (&'static str, String, bool) {
    let said = match one {
        Selection::State(state) => visitor.say.state(&state),
        _ => visitor.say.t(&format!("selection-{}", one.code())),
    };
    (one.code(), said, chosen == Some(one))
}
