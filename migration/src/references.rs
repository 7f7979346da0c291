//! Foreign keys that PostgreSQL checks once for all rows of a statement. It would look up and lock each row that is referred to, one by
//! one. What is referred to is never deleted, which triggers ensure.

/// Checks the references of the rows that a statement inserts. Each is looked up by the primary key, whatever the planner thinks of
/// the size of the tables.
pub(crate) fn check(table: &str, references: &[(&str, &str)]) -> String {
    let checks = references.iter().map(|(column, to)| {
        format!(
            "IF EXISTS (SELECT FROM inserted LEFT JOIN \"{to}\" AS target ON target.id = inserted.{column}
                        WHERE inserted.{column} IS NOT NULL AND target.id IS NULL) THEN
                 RAISE foreign_key_violation
                     USING MESSAGE = 'a row of {table} refers to no {to}', TABLE = '{table}', COLUMN = '{column}';
             END IF;"
        )
    });
    format!(
        "CREATE FUNCTION {table}_references() RETURNS trigger LANGUAGE plpgsql
             SET search_path FROM CURRENT SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS
             $$ BEGIN {} RETURN NULL; END $$;
         CREATE TRIGGER {table}_references AFTER INSERT ON {table} REFERENCING NEW TABLE AS inserted
             FOR EACH STATEMENT EXECUTE FUNCTION {table}_references()",
        checks.collect::<String>()
    )
}
