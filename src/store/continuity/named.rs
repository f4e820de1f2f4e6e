//! Whom and what a programme's history names: lists of numbers that choose the rows to copy.
//! Nothing of who or what is named by other programmes alone.

use std::collections::BTreeSet;

use diesel::{prelude::*, sql_query, sql_types::BigInt};

use crate::{
    domain::{
        continuity::Named,
        ids::{DeviceId, FunderId, IssuerId, OrganisationId, ProgrammeId, Seq, VenueId},
        voucher::Kid,
    },
    store::{
        connection::{Conn, on_either},
        load::Failure,
        rows::ProgrammeRow,
        schema::{programme, voucher_key},
    },
};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn numbers(conn: &mut Conn, sql: &str) -> Result<BTreeSet<i64>, Failure> {
    let rows: Vec<Number> = on_either!(conn, conn => sql_query(sql).load(conn)?);
    Ok(rows.into_iter().map(|row| row.n).collect())
}

/// Numbers as SQL lists them: never a text that somebody wrote.
fn listed(numbers: impl IntoIterator<Item = i64>) -> String {
    let listed: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
    if listed.is_empty() { "NULL".to_owned() } else { listed.join(", ") }
}

/// Each first column of some tables where the programme is this one.
fn of(programme: ProgrammeId, columns: &[(&str, &str)]) -> String {
    let selects = columns.iter().map(|(column, table)| {
        format!(
            "SELECT {column} AS n FROM {table} WHERE programme = {programme} \
             AND {column} IS NOT NULL AND {column} <> 0"
        )
    });
    selects.collect::<Vec<_>>().join(" UNION ")
}

fn of_records(programme: ProgrammeId, column: &str) -> String {
    format!(
        "SELECT {column} AS n FROM record WHERE {column} IS NOT NULL \
         AND voucher IN (SELECT id FROM voucher WHERE programme = {programme})"
    )
}

/// Reads all lists.
pub(super) fn read(conn: &mut Conn, id: ProgrammeId) -> Result<Named, Failure> {
    let (records, of_venue) = (
        of_records(id, "venue"),
        [("venue", "redemption"), ("venue", "admission"), ("venue", "conflict"), ("venue", "hold")],
    );
    let venues = numbers(conn, &format!("{} UNION {records}", of(id, &of_venue)))?;
    let records = of_records(id, "device");
    let acting = of(id, &[("device", "event"), ("device", "conflict")]);
    let devices = numbers(conn, &format!("{acting} UNION {records}"))?;
    let paid = of(
        id,
        &[
            ("organisation", "account"),
            ("organisation", "redemption"),
            ("organisation", "conflict"),
            ("organisation", "hold"),
            ("organisation", "statement"),
            ("organisation", "dispute"),
        ],
    );
    let (of_venues, of_devices) = (listed(venues.clone()), listed(devices.clone()));
    let organisations = numbers(
        conn,
        &format!(
            "{paid} UNION SELECT organisation AS n FROM venue WHERE id IN ({of_venues}) \
             UNION SELECT organisation AS n FROM device WHERE id IN ({of_devices}) \
             UNION SELECT w.organisation AS n FROM settlement_waiting w \
             JOIN settlement s ON s.id = w.settlement WHERE s.programme = {id}"
        ),
    )?;
    let handing = [("issuer", "allocation"), ("issuer", "voucher"), ("issuer", "batch")];
    let issuers = numbers(conn, &of(id, &handing))?;
    let quarantined = numbers(conn, &of_records(id, "event"))?;
    let mut funders = numbers(
        conn,
        &of(id, &[("funder", "account"), ("funder", "statement"), ("funder", "yearly_account")]),
    )?;
    let row: ProgrammeRow = on_either!(conn, conn => programme::table.find(id.0).get_result(conn)?);
    let row = row.domain()?;
    let earlier = row.earlier.iter().flat_map(|version| &version.shares);
    funders.extend(row.terms.shares.iter().chain(earlier).map(|share| share.funder.0));
    let kids: Vec<Vec<u8>> = on_either!(conn, conn => voucher_key::table
        .filter(voucher_key::state.ne("pending"))
        .select(voucher_key::kid)
        .load(conn)?);
    let keys = kids.iter().filter_map(|kid| kid.as_slice().try_into().ok()).map(Kid).collect();
    Ok(Named {
        funders: funders.into_iter().map(FunderId).collect(),
        issuers: issuers.into_iter().map(IssuerId).collect(),
        organisations: organisations.into_iter().map(OrganisationId).collect(),
        venues: venues.into_iter().map(VenueId).collect(),
        devices: devices.into_iter().map(DeviceId).collect(),
        keys,
        quarantined: quarantined.into_iter().map(Seq).collect(),
    })
}

/// A condition of `TABLES` with its numbers.
pub(super) fn condition(
    conn: &Conn,
    pattern: &str,
    programme: ProgrammeId,
    named: &Named,
) -> String {
    let voucher = match conn {
        Conn::Sqlite(_) => "CAST(json_extract(outcome, '$.voucher') AS INTEGER)",
        #[cfg(feature = "postgres")]
        Conn::Pg(_) => "CAST(outcome::json->>'voucher' AS BIGINT)",
    };
    let places = [
        ("{p}", programme.to_string()),
        ("{voucher}", voucher.to_owned()),
        ("{funders}", listed(named.funders.iter().map(|id| id.0))),
        ("{issuers}", listed(named.issuers.iter().map(|id| id.0))),
        ("{organisations}", listed(named.organisations.iter().map(|id| id.0))),
        ("{venues}", listed(named.venues.iter().map(|id| id.0))),
        ("{devices}", listed(named.devices.iter().map(|id| id.0))),
    ];
    let mut text = format!(" WHERE {pattern}");
    for (place, numbers) in places {
        if text.contains(place) {
            text = text.replace(place, &numbers);
        }
    }
    text
}
