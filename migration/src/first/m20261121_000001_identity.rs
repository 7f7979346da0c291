//! Identity: users, books, members, sessions and refresh tokens.

use sea_orm_migration::{prelude::*, schema::*};

use crate::column::{created_at, one_of, reference, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("user")
                    .col(pk_uuid("id"))
                    .col(string("username"))
                    // The username with case folded, for comparing.
                    .col(string("username_key"))
                    .col(string("display_name"))
                    .col(string_null("phone"))
                    .col(string_null("email"))
                    // The e-mail address with case folded, for comparing.
                    .col(string_null("email_key"))
                    .col(string("password_hash"))
                    .col(created_at())
                    .check(Expr::cust("length(username_key) > 0"))
                    .check(Expr::cust("phone LIKE '+%'"))
                    .check(Expr::cust("(email IS NULL) = (email_key IS NULL)"))
                    .check(Expr::cust("password_hash LIKE '$argon2id$%'"))
                    .take(),
            )
            .await?;
        manager.create_index(unique("user", &["username_key"])).await?;
        manager.create_index(unique("user", &["phone"])).await?;
        manager.create_index(unique("user", &["email_key"])).await?;

        manager
            .create_table(
                Table::create()
                    .table("book")
                    .col(pk_uuid("id"))
                    .col(string("name"))
                    .col(string("currency"))
                    .col(created_at())
                    .check(Expr::cust("length(currency) = 3"))
                    .take(),
            )
            .await?;

        manager
            .create_table(
                Table::create()
                    .table("member")
                    .col(uuid("book_id"))
                    .col(uuid("user_id"))
                    .col(string("role"))
                    .col(created_at())
                    .primary_key(Index::create().col("book_id").col("user_id"))
                    .foreign_key(&mut reference("member", "book_id", "book"))
                    .foreign_key(&mut reference("member", "user_id", "user"))
                    .check(one_of("role", &["OWNER"]))
                    .take(),
            )
            .await?;
        manager.create_index(Index::create().name("member_user_id_idx").table("member").col("user_id").take()).await?;

        manager
            .create_table(
                Table::create()
                    .table("session")
                    .col(pk_uuid("id"))
                    .col(uuid("user_id"))
                    .col(uuid("book_id"))
                    .col(created_at())
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("session", ("book_id", "user_id"))
                            .to("member", ("book_id", "user_id")),
                    )
                    .take(),
            )
            .await?;
        manager
            .create_index(Index::create().name("session_user_id_idx").table("session").col("user_id").take())
            .await?;

        manager
            .create_table(
                Table::create()
                    .table("refresh_token")
                    // SHA-256 of the token; the token itself is never stored.
                    .col(ColumnDef::new("token_hash").binary().not_null().primary_key())
                    .col(uuid("session_id"))
                    .col(created_at())
                    .col(timestamp_with_time_zone("expires_at"))
                    .col(timestamp_with_time_zone_null("used_at"))
                    .foreign_key(&mut reference("refresh_token", "session_id", "session"))
                    .check(Expr::cust("length(token_hash) = 32"))
                    .take(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("refresh_token_session_id_idx").table("refresh_token").col("session_id").take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["refresh_token", "session", "member", "book", "user"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}
