/**
 * SQL that keeps functions with the rights of their owner to those who are granted them, and to the schema's own
 * tables: temporary ones of a caller cannot stand in for them.
 *
 * @param signatures e.g. `claim_of(text)`.
 */
export function restrictOwnerFunctions(...signatures: readonly string[]): string {
  const list = signatures.map((signature) => `"${signature}"`).join(',');
  return `DO $$
DECLARE
  each regprocedure;
BEGIN
  FOREACH each IN ARRAY '{${list}}'::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', each, current_schema());
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', each);
  END LOOP;
END $$;`;
}
