//! Log-in by e-mail and password, and the tokens it gives.
//! No rights: what a role may do stands in `domain/access.rs`.

pub mod first;
pub mod lockout;
pub mod login;
pub mod logout;
pub mod password;
pub mod refresh;
pub mod second_factor;
pub mod tokens;
pub mod whoami;

use actix_web::web;

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/auth/first-operator").route(web::post().to(first::first_operator)),
        )
        .service(web::resource("/v1/auth/login").route(web::post().to(login::login)))
        .service(web::resource("/v1/auth/refresh").route(web::post().to(refresh::refresh)))
        .service(web::resource("/v1/auth/logout").route(web::post().to(logout::logout)))
        .service(web::resource("/v1/auth/reset").route(web::post().to(password::request_reset)))
        .service(
            web::resource("/v1/auth/password").route(web::post().to(password::choose_password)),
        )
        .service(
            web::resource("/v1/auth/own-password")
                .route(web::post().to(password::change_own_password)),
        )
        .service(
            web::resource("/v1/auth/second-factor").route(web::post().to(second_factor::begin)),
        )
        .service(
            web::resource("/v1/auth/second-factor/confirm")
                .route(web::post().to(second_factor::confirm)),
        )
        .service(
            web::resource("/v1/auth/second-factor/remove")
                .route(web::post().to(second_factor::remove)),
        )
        .service(web::resource("/v1/auth/whoami").route(web::get().to(whoami::whoami)));
}
