// Sums of money columns. Nine thousand of the highest amounts come to more than 2^63 ten-thousandths, where SQLite's sum() fails,
// so units and ten-thousandths are added apart.
import { MONEY_UNITS } from "./columns.ts";
import { type SQL, sql } from "./sql.ts";

/** The sums of a column's units and of its ten-thousandths, as a list in JSON, of which `moneyOf` makes a number. */
export const moneySums = (column: SQL): SQL =>
	sql.inline(
		sql`json_array(coalesce(sum(${column} / ${MONEY_UNITS}), 0), coalesce(sum(${column} % ${MONEY_UNITS}), 0))`,
	);

/** The sum of a column in ten-thousandths, to be compared in SQL: exact below 2^63, and the nearest real number above. */
export const sumOfMoney = (column: SQL): SQL =>
	sql.inline(sql`(sum(${column} / ${MONEY_UNITS}) * ${MONEY_UNITS} + sum(${column} % ${MONEY_UNITS}))`);

/** The number that is nearest to a sum of amounts which are not negative. */
export function moneyOf([units, parts]: readonly [units: number, parts: number]): number {
	const carried = Math.floor(parts / MONEY_UNITS);
	// As text, because each step with fractions would round.
	return Number(`${units + carried}.${String(parts % MONEY_UNITS).padStart(4, "0")}`);
}
