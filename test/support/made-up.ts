import { checksum } from "../../src/gate/api-key.ts";

/** A key with a correct form and checksum that was never issued. */
export function madeUpKey(mode: "live" | "test" = "live"): string {
	const random = crypto.randomUUID().replaceAll("-", "");
	return `lw_${mode}_${random}${checksum(`lw_${mode}_${random}`)}`;
}
