import { formatMoney, formatNumber } from "../../format.ts";
import type { Entry } from "../../resources.ts";
import { Section } from "../../ui/layout.tsx";
import { Table } from "../../ui/table.tsx";

interface Line {
	readonly name: string;
	readonly quantity: number;
	readonly price: number;
	readonly discountAmount: number;
	readonly taxAmount: number;
	readonly amount: number;
}

/** The lines of a deal, quotation or invoice; nothing for a record without lines. */
export function LineItems({ entry: { lineItems, currency } }: { entry: Entry }) {
	if (!Array.isArray(lineItems) || lineItems.length === 0) return null;
	const money = (value: number) => formatMoney(value, typeof currency === "string" ? currency : null);
	const column = (head: string, cell: (line: Line) => string) => ({ head, cell, right: true });
	return (
		<Section title="Lines">
			<Table
				name="Lines"
				rows={(lineItems as readonly Line[]).map((line, at) => ({ ...line, at: String(at) }))}
				keyOf={({ at }) => at}
				columns={[
					{ head: "Name", cell: ({ name }) => name },
					column("Quantity", ({ quantity }) => formatNumber(quantity)),
					column("Price", ({ price }) => money(price)),
					column("Discount", ({ discountAmount }) => money(discountAmount)),
					column("Tax", ({ taxAmount }) => money(taxAmount)),
					column("Amount", ({ amount }) => money(amount)),
				]}
			/>
		</Section>
	);
}
