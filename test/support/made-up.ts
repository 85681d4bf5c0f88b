import { checksum } from "../../src/gate/api-key.ts";

/** A key of the right form and with a right checksum that nobody was given. */
export function madeUpKey(mode: "live" | "test" = "live"): string {
	const random = crypto.randomUUID().replaceAll("-", "");
	return `lw_${mode}_${random}${checksum(`lw_${mode}_${random}`)}`;
}
