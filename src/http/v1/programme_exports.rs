//! The archive of a programme for its funder, sealed to a key while it is sent.
//! Nothing of it in the clear; who took an archive stands in its log.

use actix_web::{HttpResponse, http::header, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::{
        continuity::send::ArchiveText,
        service::{Fault, Service},
    },
    domain::{
        access::Verb,
        calendar::Instant,
        ids::{ProgrammeId, RequestId, UserId},
        view::{Filter, ProgrammeView},
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, only},
        pieces::{self, Pieces},
        problem::{Problem, Wrong},
    },
};

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "recipient": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
}))]
pub struct NewProgrammeExport {
    /// The funder's age public key: nobody else can open the archive.
    #[schema(max_length = 100)]
    recipient: String,
}

impl Pieces for ArchiveText {
    fn next(&mut self, _: &Service) -> Result<Option<String>, Fault> {
        self.piece()
    }
}

/// Takes the archive of a programme: everything that another operator needs to go on with it, and
/// that its funders need to check it, as a ZIP that is encrypted with age (armoured). It holds bank
/// accounts, and what every funder of the programme pays; no private key, no password, no token,
/// nobody's name. It is noted who took it. The same request again, within a quarter of an hour,
/// sends an archive once more.
#[utoipa::path(post, path = "/v1/programmes/{id}/export", tag = "programmes",
    params(("id" = String, Path)), request_body = NewProgrammeExport,
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn export_programme(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<NewProgrammeExport>,
) -> Result<HttpResponse, Problem> {
    note(&state, caller, key.id(), *id, body.value).await?;
    send(state, caller, key.id()).await
}

/// Notes that the caller takes an archive.
pub async fn note(
    state: &Shared,
    caller: Caller,
    request: RequestId,
    programme: i64,
    new: NewProgrammeExport,
) -> Result<(), Problem> {
    let filter = Filter::one(caller.may(Verb::ProgrammeExport)?, programme);
    let (by, programme) = (Some(caller.user), ProgrammeId(programme));
    let noted = block(state, move |service| {
        let Some(row) = service.database().programmes(&filter)?.into_iter().next() else {
            return Ok((Vec::new(), true));
        };
        match service.note_programme_export(request, programme, &new.recipient, by) {
            Ok(()) => Ok((vec![row], true)),
            Err(Fault::Sealed(_)) => Ok((vec![row], false)),
            Err(fault) => Err(fault),
        }
    });
    let (known, sealable) = noted.await?;
    only::<ProgrammeView>(known)?;
    // Never what was given: it may be a private key.
    if sealable { Ok(()) } else { Err(Problem::field(Wrong::FieldInvalid, "recipient")) }
}

/// Sends the archive that the caller has noted a moment ago.
pub async fn send(
    state: Shared,
    caller: Caller,
    request: RequestId,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::ProgrammeExport)?;
    let by = Some(caller.user);
    let begun = block(&state, move |service| service.programme_archive(request, by)).await?;
    let (programme, text) = begun.ok_or(Wrong::NotFound)?;
    let name = format!("attachment; filename=\"programme-{programme}.zip.age\"");
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(pieces::Body::new(state, text)))
}

/// That somebody took an archive.
#[derive(Serialize, ToSchema)]
pub struct TakenArchive {
    id: RequestId,
    /// The age public key that it was sealed to.
    recipient: String,
    /// Missing: from the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<UserId>,
    taken_at: Instant,
}

#[derive(Serialize, ToSchema)]
pub struct TakenArchives {
    items: Vec<TakenArchive>,
}

/// Who took archives of a programme, the newest first.
#[utoipa::path(get, path = "/v1/programmes/{id}/exports", tag = "programmes",
    params(("id" = String, Path)), responses((status = 200, body = TakenArchives)))]
pub async fn programme_exports_taken(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::one(caller.may(Verb::LedgerRead)?, *id);
    let of = ProgrammeId(*id);
    let read = block(&state, move |service| {
        Ok((service.database().programmes(&filter)?, service.programme_exports(of)?))
    });
    let (known, taken) = read.await?;
    only(known)?;
    let items = taken.into_iter().map(|one| TakenArchive {
        id: one.id,
        recipient: one.recipient,
        person: one.by,
        taken_at: one.at,
    });
    Ok(HttpResponse::Ok().json(TakenArchives { items: items.collect() }))
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/programmes/{id}/export").route(web::post().to(export_programme)),
        )
        .service(
            web::resource("/v1/programmes/{id}/exports")
                .route(web::get().to(programme_exports_taken)),
        );
}
