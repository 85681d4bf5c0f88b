// Quotations of deals, and invoices of won deals: first a deposit, then the rest.
import type { SampleContext } from "./api.ts";
import { itemAt, randomSource } from "./random.ts";
import type { Deal, Line } from "./sales.ts";
import type { Settings } from "./settings.ts";

const QUOTATIONS = 11;
const STATUSES: Readonly<Record<string, readonly string[]>> = {
	ACTIVE: ["SENT", "DRAFT", "SENT"],
	WON: ["ACCEPTED"],
	LOST: ["REJECTED"],
};

/** For each deposit and each rest: how much is paid, and how many days ago it was written. */
const DEPOSITS = [
	{ written: 84, paid: "all" },
	{ written: 61, paid: "all" },
	{ written: 47, paid: "half" },
	{ written: 12, paid: "nothing" },
	{ written: 9, paid: "void" },
];
const RESTS = [
	{ written: 33, paid: "all" },
	{ written: 38, paid: "half" },
	{ written: 36, paid: "nothing" },
	{ written: 1, paid: "draft" },
	{ written: 4, paid: "nothing" },
];

interface Quotation {
	readonly id: string;
	readonly subtotal: number;
	readonly discountTotal: number;
}

/** Creates them one after the other, so that their numbers are in the order of their dates. */
export async function createPapers(
	world: SampleContext,
	settings: Settings,
	deals: readonly Deal[],
): Promise<void> {
	const { call, day } = world;
	let orders = 0;
	for (const [index, deal] of quoted(deals).entries()) {
		const luck = randomSource(6_000 + index);
		const status = itemAt(STATUSES[deal.stage] ?? [], index);
		const written = deal.stage === "ACTIVE" ? luck.integer(2, 20) : luck.integer(85, 110);
		const quotation = await call<Quotation>("POST", "/quotations", {
			...paper(settings, deal, index),
			subject: deal.title,
			lineItems: deal.lineItems,
			contactId: deal.contactIds[0] ?? null,
			date: day(-written),
			expiryDate: day(30 - written),
			status,
			internalNotes: luck.isTrue(30) ? "Prices hold as long as the panels are in stock." : null,
			tagIds: luck.isTrue(30) ? (settings.tagIds.quotations ?? []) : [],
		});
		if (status !== "ACCEPTED") continue;
		await invoice(world, settings, deal, quotation, orders);
		orders += 1;
	}
}

/** Deals that get a quotation: won ones, as many as have invoices, then others. */
function quoted(deals: readonly Deal[]): Deal[] {
	const won = deals.filter(({ stage }) => stage === "WON").slice(0, DEPOSITS.length);
	const others = deals.filter(({ stage, lineItems }) => stage !== "WON" && lineItems.length > 2);
	return [...won, ...others].slice(0, QUOTATIONS);
}

const paper = ({ userIds }: Settings, { id, clientId }: Deal, index: number) => ({
	clientId,
	dealId: id,
	currency: "EUR",
	ownerId: itemAt(userIds, index),
});

async function invoice(
	world: SampleContext,
	settings: Settings,
	deal: Deal,
	{ id: quotationId, subtotal, discountTotal }: Quotation,
	index: number,
): Promise<void> {
	const { call, day, hour } = world;
	const net = subtotal - discountTotal;
	const deposit = Math.round(net * 0.3);
	const parts = [
		{ words: "Deposit, 30 % on order", price: deposit, ...itemAt(DEPOSITS, index) },
		{ words: "Rest, on completion", price: Math.round((net - deposit) * 100) / 100, ...itemAt(RESTS, index) },
	];
	for (const { words, price, written, paid } of parts) {
		const line: Line & object = { name: `${words}: ${deal.title}`, quantity: 1, price };
		const { id, dueTotal } = await call<{ id: string; dueTotal: number }>("POST", "/invoices", {
			...paper(settings, deal, index),
			quotationId,
			subject: words,
			lineItems: [{ ...line, taxPercent: 25 }],
			date: day(-written),
			dueDate: day(30 - written),
			status: paid === "draft" ? "DRAFT" : "SENT",
			tagIds: written > 30 && paid !== "all" ? (settings.tagIds.invoices ?? []) : [],
		});
		if (paid === "void") await call("POST", `/invoices/${id}/void`);
		if (paid !== "all" && paid !== "half") continue;
		const amount = paid === "all" ? dueTotal : Math.round(dueTotal * 50) / 100;
		const payment = {
			amount,
			method: itemAt(["bank transfer", "card"], index),
			paidAt: hour(10 - written, 9),
		};
		await call("POST", `/invoices/${id}/payments`, payment);
	}
}
