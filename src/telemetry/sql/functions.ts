/** Names as Lake's SQL has them that DuckDB has not, or means otherwise. `nowMs` is what the clock says. */
export function macros(nowMs: number): readonly string[] {
  const now = `TIMESTAMP '${new Date(nowMs).toISOString().slice(0, 23).replace('T', ' ')}'`
  return [
    `CREATE MACRO now() AS ${now}`,
    `CREATE MACRO get_current_timestamp() AS ${now}`,
    `CREATE MACRO current_date() AS CAST(${now} AS DATE)`,
    `CREATE MACRO today() AS CAST(${now} AS DATE)`,
    'CREATE MACRO element_at(x, key) AS x[key]',
    'CREATE MACRO approx_distinct(x) AS approx_count_distinct(x)',
    'CREATE MACRO arbitrary(x) AS any_value(x)',
    'CREATE MACRO regexp_like(x, pattern) AS regexp_matches(x, pattern)',
    'CREATE MACRO json_extract_scalar(x, path) AS json_extract_string(x, path)',
    "CREATE MACRO from_iso8601_timestamp(x) AS CAST(replace(replace(x, 'T', ' '), 'Z', '') AS TIMESTAMP)",
    'CREATE MACRO date_add(unit, amount, x) AS x + CASE lower(unit) ' +
      "WHEN 'second' THEN to_seconds(amount) WHEN 'minute' THEN to_minutes(amount) WHEN 'hour' THEN to_hours(amount) " +
      "WHEN 'day' THEN to_days(amount) WHEN 'week' THEN to_days(amount * 7) WHEN 'month' THEN to_months(amount) " +
      "WHEN 'year' THEN to_years(amount) ELSE error('date_add knows no such unit') END",
    'CREATE MACRO from_unixtime(x) AS make_timestamp(CAST(x * 1000000 AS BIGINT))',
    'CREATE MACRO to_unixtime(x) AS epoch(x)',
  ]
}

const lists = {
  aggregates: `any_value approx_count_distinct approx_distinct arbitrary arg_max arg_min array_agg avg bool_and bool_or
    count count_if count_star first histogram last list max max_by mean median min min_by mode quantile_cont
    quantile_disc approx_quantile stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance`,
  windows: `cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number`,
  operators: `+ - * / // % ** ^ || ~~ !~~ ~~* !~~* ~ !~ @> <@ like_escape not_like_escape ilike_escape
    not_ilike_escape`,
  texts: `chr codepoint concat concat_ws contains ends_with instr lcase left length len levenshtein lower
    ltrim md5 position prefix regexp_extract regexp_extract_all regexp_full_match regexp_like
    regexp_matches regexp_replace replace reverse right rtrim sha256 split split_part starts_with str_split
    string_split strlen strpos substr substring suffix translate trim ucase upper`,
  numbers: `abs ceil ceiling cos exp floor greatest least ln log log10 log2 mod pow power round sign sin sqrt trunc`,
  conditions: `coalesce if ifnull nullif isnan isfinite`,
  times: `age century current_date date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc
    day dayname dayofmonth dayofweek dayofyear epoch epoch_ms from_iso8601_timestamp from_unixtime
    get_current_timestamp hour last_day make_date make_timestamp minute month monthname now quarter second strftime
    strptime time_bucket to_days to_hours to_minutes to_months to_seconds to_unixtime to_weeks to_years today try_strptime
    week weekday weekofyear year`,
  documents: `array_contains array_extract array_length array_position array_to_string cardinality element_at
    json json_array_length json_contains json_exists json_extract json_extract_path json_extract_path_text
    json_extract_scalar json_extract_string json_keys json_type json_valid json_value list_contains list_distinct
    list_element list_extract list_has list_has_any list_position list_slice list_sort list_value list_unique map_contains map_entries
    map_extract map_extract_value map_keys map_values array_slice struct_extract unnest row to_json ->> ->`,
} as const

/**
 * Functions that a statement may call. None of them reads a file, an address, the environment, settings or the catalogue, none makes
 * large values out of small ones, and none changes anything.
 */
export const functions: ReadonlySet<string> = new Set(
  Object.values(lists).flatMap((names) => names.split(/\s+/).filter((name) => name !== '')),
)
