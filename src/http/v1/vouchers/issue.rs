//! Issuing a voucher: on the spot, or as stock.
//! No signing: `app/paper.rs` does that, after the commit.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::service::{Fault, Service},
    domain::{
        access::Verb,
        calendar::Day,
        command::{Answer, Ask, Command, Draft, Outcome},
        ids::{IssuerId, ProgrammeId, Seq, VoucherId},
        own_reference::OwnReference,
        people::{Fact, NotAsked, Told},
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, accepted, replayed},
        problem::{Problem, Wrong},
    },
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "programme": "1", "workshops": 5 }))]
pub struct NewVoucher {
    programme: ProgrammeId,
    #[schema(minimum = 5, maximum = 10)]
    workshops: u8,
    /// Printed ahead: it holds no budget until it is activated.
    #[serde(default)]
    stock: bool,
    /// An operator names it; an agent's own is meant.
    #[serde(default)]
    issuer: Option<IssuerId>,
    /// What the issuer calls it, as the number of a file; nobody's name. It is shown to the issuer
    /// alone, and forgotten 30 days after the voucher's last day.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60)]
    own_reference: Option<String>,
    /// What the person told, if the programme asks: it is counted, and tied to nothing. Not for
    /// stock, whose people are counted when it is activated.
    #[serde(default)]
    facts: Option<ToldFacts>,
}

/// Facts about a person, by the codes of La Coop de la médiation numérique; each may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "gender": "feminin", "age_band": "soixante_dix_plus" }))]
pub struct ToldFacts {
    /// `feminin` or `masculin`.
    gender: Option<String>,
    /// `moins_de_douze`, `douze_dix_huit`, `dix_huit_vingt_quatre`, `vingt_cinq_trente_neuf`,
    /// `quarante_cinquante_neuf`, `soixante_soixante_neuf` or `soixante_dix_plus`.
    age_band: Option<String>,
    /// `scolarise`, `sans_emploi`, `en_emploi` or `retraite`.
    situation: Option<String>,
    /// INSEE code of where the person lives.
    #[schema(pattern = "^(2A|2B|[0-9]{2})[0-9]{3}$")]
    commune: Option<String>,
    /// `qpv` or `hors_qpv`.
    priority_district: Option<String>,
}

impl From<ToldFacts> for Told {
    fn from(facts: ToldFacts) -> Self {
        let ToldFacts { gender, age_band, situation, commune, priority_district } = facts;
        let told = [gender, age_band, situation, commune, priority_district];
        let told = Fact::ALL.into_iter().zip(told);
        told.filter_map(|(fact, code)| Some((fact, code?))).collect()
    }
}

/// What is to be counted of a person who gets a voucher of a programme.
///
/// # Errors
/// 422 for a fact that the programme does not ask, or a code that there is not.
pub async fn to_count(state: &Shared, programme: ProgrammeId, told: Told) -> Result<Told, Problem> {
    let checked = block(state, move |service| service.facts_to_count(programme, &told)).await?;
    checked.map_err(|NotAsked(fact)| {
        Problem::field(Wrong::FieldInvalid, format!("facts.{}", fact.code()))
    })
}

/// Counts the person who got a voucher; a repetition of the request counts nobody again.
pub async fn count(
    state: &Shared,
    answer: &Answer,
    programme: ProgrammeId,
    issuer: IssuerId,
    told: Told,
) -> Result<(), Problem> {
    let Outcome::Issued { seq, .. } = answer.outcome else { return Ok(()) };
    if answer.replayed || told.is_empty() {
        return Ok(());
    }
    block(state, move |service| {
        service.count_person(programme, issuer, seq, &told);
        Ok(())
    })
    .await
}

/// A request's text without what the person told: its hash is kept beside the voucher's event, and
/// could be tried for the few answers that there are.
#[must_use]
pub fn without_facts(canonical: &str) -> String {
    let Ok(mut tree) = serde_json::from_str::<serde_json::Value>(canonical) else {
        return canonical.to_owned();
    };
    if let Some(body) = tree.as_object_mut() {
        body.remove("facts");
    }
    tree.to_string()
}

#[derive(Serialize, ToSchema)]
pub struct Issued {
    seq: Seq,
    voucher: VoucherId,
    /// To be spoken on the telephone; it redeems nothing.
    reference: String,
    /// Missing when the voucher may not be printed any more.
    paper: Option<PaperText>,
    /// Other vouchers of the issuer that were given the same own reference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    same_own_reference: Vec<VoucherId>,
}

/// What paper shows of a voucher: bearer value.
#[derive(Serialize, ToSchema)]
pub struct PaperText {
    /// The text of the QR: a URL.
    qr_text: String,
    /// For a torn QR.
    #[schema(example = "XXXX-XXXX-XXXX")]
    manual_code: String,
    left: u8,
    /// The last day that paper prints.
    last_day: Day,
}

/// Issues a voucher and commits its money.
#[utoipa::path(post, path = "/v1/vouchers", tag = "vouchers",
    request_body = NewVoucher,
    responses((status = 201, body = Issued)))]
pub async fn issue_voucher(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewVoucher>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::VoucherIssue)?;
    let issuer = Caller::issuer(within, body.value.issuer)?;
    let NewVoucher { programme, workshops, stock, own_reference, facts, .. } = body.value;
    let own = own_reference.as_deref().map(own_reference_of).transpose()?;
    if stock && facts.is_some() {
        return Err(Problem::field(Wrong::FieldInvalid, "facts"));
    }
    let told = if stock {
        Told::new()
    } else {
        to_count(&state, programme, facts.unwrap_or_default().into()).await?
    };
    let new = move |draft| Ask::Issue { programme, issuer, workshops, stock, draft };
    let answer = drawn(&state, caller, &key, &without_facts(&body.canonical), new).await?;
    count(&state, &answer, programme, issuer, told).await?;
    let same = match own {
        Some(own) => called(&state, &answer, issuer, own).await?,
        None => Vec::new(),
    };
    issued(&state, &answer, same).await
}

/// # Errors
/// 422 for what is no own reference.
pub fn own_reference_of(text: &str) -> Result<OwnReference, Problem> {
    text.parse().map_err(|_| Problem::field(Wrong::FieldInvalid, "own_reference"))
}

/// Keeps the own reference of what was issued; the issuer's other vouchers that have the same.
pub async fn called(
    state: &Shared,
    answer: &Answer,
    issuer: IssuerId,
    own: OwnReference,
) -> Result<Vec<VoucherId>, Problem> {
    let Outcome::Issued { voucher, .. } = answer.outcome else {
        return Err(Wrong::Internal.into());
    };
    block(state, move |service| {
        service.keep_own_reference(voucher, issuer, &own)?;
        same_own_reference(service, issuer, &own, voucher)
    })
    .await
}

/// The issuer's vouchers with this own reference, but for one.
pub(super) fn same_own_reference(
    service: &Service,
    issuer: IssuerId,
    own: &OwnReference,
    but: VoucherId,
) -> Result<Vec<VoucherId>, Fault> {
    let mut same = service.of_own_reference(issuer, own)?;
    same.retain(|id| *id != but);
    Ok(same)
}

/// Asks with fresh random names until one is free.
pub async fn drawn(
    state: &Shared,
    caller: Caller,
    key: &Key,
    canonical: &str,
    new: impl Fn(Draft) -> Ask + Send + 'static,
) -> Result<Answer, Problem> {
    let request = key.request(state, caller, canonical);
    let (actor, now) = (Some(caller.user), state.service.clock.now());
    let answer = block(state, move |service| {
        service.drawn(|draft| {
            service.ask(Command { request, actor, device: None, now, ask: new(draft) })
        })
    });
    accepted(answer.await?)
}

/// A new voucher with what its paper shows.
pub(super) async fn issued(
    state: &Shared,
    answer: &Answer,
    same_own_reference: Vec<VoucherId>,
) -> Result<HttpResponse, Problem> {
    let Outcome::Issued { seq, voucher } = answer.outcome else {
        return Err(Wrong::Internal.into());
    };
    let (reference, paper) = block(state, move |service| {
        let text = match service.paper(voucher) {
            Ok(paper) => Some(PaperText {
                qr_text: paper.url,
                manual_code: paper.manual_code,
                left: paper.left,
                last_day: paper.last_day,
            }),
            Err(Fault::Refused(_)) => None,
            Err(fault) => return Err(fault),
        };
        Ok((service.reference(voucher), text))
    })
    .await?;
    let mut response = HttpResponse::Created();
    response.insert_header(("Location", format!("/v1/vouchers/{voucher}")));
    let issued = Issued { seq, voucher, reference, paper, same_own_reference };
    Ok(replayed(&mut response, answer.replayed).json(issued))
}
