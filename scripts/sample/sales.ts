// Leads, clients, deals and tasks of the sample data.
import { createBatch, type SampleContext } from "./api.ts";
import { buildings } from "./business.ts";
import { company, emailAddress, person } from "./people.ts";
import { itemAt, type RandomSource, randomSource } from "./random.ts";
import type { Settings } from "./settings.ts";
import { lostReasons, notes, projects, spam, todos, wishes } from "./stories.ts";
import { positions } from "./world.ts";

const LEADS = 200;
const CONVERTED = 8;
const COMPANIES = 28;
const CONTACTS = 14;
const DEALS = 34;
/** Percentage of leads in each stage, in the order of business.ts; converted leads are made by conversion. */
const LEAD_SHARES = [30, 24, 16, 14, 0, 11, 5];
/** The stages of the deals, used in turn. */
const DEAL_STAGES = [0, 1, 4, 2, 0, 3, 4, 1, 5, 2, 0, 4];
const TASKS = { leads: 14, deals: 13, clients: 8, nothing: 4 } as const;

export interface Line {
	readonly name: string;
	readonly quantity: number;
	readonly price: number;
}

export interface Deal {
	readonly id: string;
	readonly title: string;
	readonly clientId: string;
	readonly contactIds: readonly string[];
	readonly stage: string;
	readonly lineItems: readonly Line[];
}

export interface Sales {
	readonly leadIds: readonly string[];
	readonly clientIds: readonly string[];
	readonly deals: readonly Deal[];
}

/** Creates all of it with a dozen calls. */
export async function createSales(world: SampleContext, settings: Settings): Promise<Sales> {
	const { call } = world;
	const leads = Array.from({ length: LEADS }, (_, index) => lead(world, settings, index));
	const leadIds = await createBatch(call, "/leads", leads);
	const companyIds = await createBatch(
		call,
		"/clients",
		Array.from({ length: COMPANIES }, (_, index) => client(settings, index)),
	);
	const contactIds = await createBatch(
		call,
		"/clients",
		Array.from({ length: CONTACTS }, (_, index) => contact(settings, index, itemAt(companyIds, index))),
	);
	const drafts = Array.from({ length: DEALS }, (_, index) => {
		const turn = index % COMPANIES;
		return deal(world, settings, index, itemAt(companyIds, turn), contactIds.slice(turn, turn + 1));
	});
	const dealIds = await createBatch(
		call,
		"/deals",
		drafts.map(({ stage: _, ...body }) => body),
	);
	const deals = drafts.map((draft, index) => ({ ...draft, id: itemAt(dealIds, index) }));
	const ready = leads.flatMap(({ company: name, stageId }, index) =>
		name !== null && stageId === settings.leadStages[3]?.id ? [itemAt(leadIds, index)] : [],
	);
	for (const [index, id] of ready.slice(0, CONVERTED).entries()) {
		const { title, stageId, lineItems, expectedCloseDate } = itemAt(drafts, index * 5);
		const converted = { title: `${title}, first order`, stageId, lineItems, expectedCloseDate };
		await call("POST", `/leads/${id}/convert`, index % 4 === 3 ? {} : { deal: converted });
	}
	await createBatch(
		call,
		"/tasks",
		tasks(world, settings, { leads: leadIds, deals: dealIds, clients: companyIds }),
	);
	return { leadIds, clientIds: [...companyIds, ...contactIds], deals };
}

function lead({ day }: SampleContext, settings: Settings, index: number) {
	const luck = randomSource(1_000 + index);
	const { firstName, lastName, phone } = person(index);
	const works = luck.isTrue(80) ? company(index) : null;
	const stage = itemAt(settings.leadStages, share(LEAD_SHARES, (index * 37) % 100));
	const isSpam = stage.type === "JUNK";
	const area = luck.integer(4, 90) * 50;
	const owned = stage.type !== "NEW" && !isSpam;
	return {
		firstName,
		lastName,
		email: emailAddress(`${firstName} ${lastName}`, works?.domain ?? "mail.example"),
		mobile: luck.isTrue(85) ? phone : null,
		title: luck.pick(isSpam ? spam : wishes),
		position: works && luck.pick(positions),
		company: works?.name ?? null,
		website: works && `https://${works.domain}`,
		notes: luck.isTrue(30) ? luck.pick(notes) : null,
		score: isSpam ? 0 : luck.integer(10, 100),
		value: isSpam ? null : Math.round(area * 0.04) * 1_000,
		currency: isSpam ? null : "EUR",
		expectedCloseDate: owned ? day(luck.integer(10, 150)) : null,
		sourceId: luck.pick(settings.sourceIds),
		stageId: stage.id,
		ownerId: owned ? luck.pick(settings.userIds) : null,
		assigneeIds: owned ? luck.pickSome(settings.userIds, luck.integer(0, 2)) : [],
		tagIds: isSpam ? [] : luck.pickSome(settings.tagIds.leads ?? [], luck.integer(0, 2)),
		archived: isSpam && luck.isTrue(50),
		...(isSpam ? {} : { cf_roof_area: area, cf_building: luck.pick(buildings) }),
		...(luck.isTrue(60) ? { cf_wants_storage: luck.isTrue(50) } : {}),
	};
}

function client(settings: Settings, index: number) {
	const luck = randomSource(2_000 + index);
	const { name, place, domain } = company(index);
	const { firstName, lastName, phone } = person(LEADS + index);
	return {
		type: "company",
		name,
		email: `office@${domain}`,
		phone: `${phone.slice(0, -1)}0`,
		website: `https://${domain}`,
		taxNumber: `${place.country.slice(0, 2).toUpperCase()}${luck.integer(100_000_000, 999_999_999)}`,
		billingAddress: {
			address: `${luck.integer(1, 180)} Harbour Road`,
			city: luck.pick(place.cities),
			postalCode: String(luck.integer(10_000, 99_999)),
			country: place.country,
		},
		primaryContact: {
			firstName,
			lastName,
			phone,
			email: emailAddress(`${firstName} ${lastName}`, domain),
			jobTitle: luck.pick(positions),
		},
		currency: "EUR",
		openingBalance: luck.isTrue(15) ? luck.integer(1, 40) * 250 : 0,
		ownerId: luck.pick(settings.userIds),
		sourceId: luck.pick(settings.sourceIds),
		tagIds: luck.pickSome(settings.tagIds.clients ?? [], luck.integer(0, 1)),
	};
}

function contact(settings: Settings, index: number, companyId: string) {
	const luck = randomSource(3_000 + index);
	const { name, domain } = company(index);
	const { firstName, lastName, phone } = person(LEADS + COMPANIES + index);
	return {
		type: "contact",
		firstName,
		lastName,
		companyId,
		email: emailAddress(`${firstName} ${lastName}`, domain),
		phone,
		jobTitle: luck.pick(positions),
		description: `Speaks for ${name} in technical matters.`,
		ownerId: luck.pick(settings.userIds),
	};
}

function deal(
	{ day }: SampleContext,
	settings: Settings,
	index: number,
	clientId: string,
	contactIds: readonly string[],
) {
	const luck = randomSource(4_000 + index);
	const stage = itemAt(settings.dealStages, itemAt(DEAL_STAGES, index));
	const open = stage.type === "ACTIVE";
	return {
		title: `${luck.pick(projects)}, ${company(index % COMPANIES).name}`,
		clientId,
		contactIds,
		stageId: stage.id,
		stage: stage.type,
		lineItems: lines(settings, luck),
		currency: "EUR",
		sourceId: luck.pick(settings.sourceIds),
		ownerId: luck.pick(settings.userIds),
		assigneeIds: luck.pickSome(settings.userIds, luck.integer(0, 2)),
		tagIds: luck.pickSome(settings.tagIds.deals ?? [], luck.integer(0, 2)),
		expectedCloseDate: open ? day(luck.integer(-5, 120)) : day(-luck.integer(5, 60)),
		priority: luck.pick(["LOW", "MEDIUM", "MEDIUM", "HIGH"]),
		lostReason: stage.type === "LOST" ? luck.pick(lostReasons) : null,
		cf_peak_power: luck.integer(20, 400),
		...(stage.type === "LOST" ? {} : { cf_installation_date: day(luck.integer(60, 240)) }),
		...(luck.isTrue(60) ? { cf_permits: luck.pickSome(["Building permit", "Grid connection"], 1) } : {}),
	};
}

function lines({ products }: Settings, luck: RandomSource): Line[] {
	return luck.pickSome(products, luck.integer(2, 5)).map(({ id, name, price, taxPercent, usual }) => {
		const discount = luck.isTrue(25) ? { discount: luck.integer(1, 4) * 5, discountType: "percentage" } : {};
		return { productId: id, name, price, taxPercent, quantity: luck.integer(...usual), ...discount };
	});
}

function tasks({ day }: SampleContext, settings: Settings, ids: Readonly<Record<string, readonly string[]>>) {
	return Object.entries(TASKS).flatMap(([entity, count], kind) =>
		Array.from({ length: count }, (_, index) => {
			const luck = randomSource(5_000 + kind * 100 + index);
			const dueIn = luck.integer(-12, 21);
			const past = ["COMPLETED", "COMPLETED", "CANCELLED", "OPEN", "IN_PROGRESS"];
			const about = ids[entity];
			const { tasks: tagIds = [] } = settings.tagIds;
			return {
				...itemAt<object>(todos[entity as keyof typeof TASKS], index),
				status: luck.pick(dueIn < 0 ? past : ["OPEN", "OPEN", "OPEN", "IN_PROGRESS", "ON_HOLD"]),
				priority: luck.pick(["LOW", "MEDIUM", "HIGH"]),
				startDate: luck.isTrue(40) ? day(dueIn - luck.integer(0, 5)) : null,
				dueDate: day(dueIn),
				ownerId: luck.pick(settings.userIds),
				assigneeIds: luck.pickSome(settings.userIds, luck.integer(0, 2)),
				tagIds: luck.isTrue(25) ? tagIds : [],
				...(about ? { entity, entityId: luck.pick(about) } : {}),
			};
		}),
	);
}

/** The index of the percentage range that contains a number. */
function share(parts: readonly number[], number: number): number {
	let end = 0;
	return parts.findIndex((part) => {
		end += part;
		return number < end;
	});
}
