// Calls and chats with every possible outcome, and responses to the form on the website.
import { each, type World } from "./api.ts";
import { buildings } from "./business.ts";
import { at, chance } from "./chance.ts";
import { address, company, person } from "./people.ts";
import type { Sales } from "./selling.ts";
import type { Settings } from "./settings.ts";
import { calls, chats, questions } from "./stories.ts";

/** The first index of people that are not used elsewhere. */
const STRANGERS = 250;
const RESPONSES = 5;

/** Creates calls, chats and form responses in parallel. */
export async function talk(world: World, settings: Settings, sales: Sales): Promise<void> {
	await Promise.all([
		each(
			world.call,
			"/conversations",
			calls.map((call, index) => phoneCall(world, sales, call, index)),
		),
		...chats.map((chat, index) => hold(world, sales, chat, index)),
		each(
			world.call,
			"/form-responses",
			Array.from({ length: RESPONSES }, (_, index) => response(settings, index)),
		),
	]);
}

function phoneCall({ hour }: World, sales: Sales, call: (typeof calls)[number], index: number) {
	const luck = chance(7_000 + index);
	const whose = at(sales.leadIds, index * 7);
	const { firstName, lastName, phone } = person(index * 7);
	const began = -1 - Math.floor(index / 2);
	const times =
		call.status === "scheduled"
			? {}
			: {
					startedAt: hour(began, 9 + (index % 8)),
					...(call.status === "active"
						? {}
						: { endedAt: hour(began, 9 + (index % 8), luck.between(5, 600)) }),
				};
	return {
		...call,
		...times,
		conversationType: "phone",
		agentId: "voice-agent-1",
		agentName: "Liv",
		direction: luck.happens(70) ? "outbound" : "inbound",
		agentNumber: "+4755550100",
		contactNumber: phone,
		...(index % 4 === 3 ? { clientId: at(sales.clientIds, index) } : { leadId: whose }),
		metadata: { contactName: `${firstName} ${lastName}`, campaign: at(["spring roofs", "callbacks"], index) },
		callMetadata: { customer: { name: `${firstName} ${lastName}`, language: "en" } },
	};
}

/** Creates a chat step by step: it opens, messages are added, and it ends. */
async function hold(
	{ call, hour }: World,
	sales: Sales,
	{ said, ended, rating }: (typeof chats)[number],
	index: number,
): Promise<void> {
	const { id } = await call("POST", "/conversations", {
		conversationType: "chat",
		agentId: "chat-agent-1",
		agentName: "Nils",
		direction: "inbound",
		startedAt: hour(-index, 10 + index),
		chatMetadata: { widgetId: "website" },
		metadata: { page: at(["/", "/storage", "/calculator"], index), visit: index + 1 },
		...(index % 2 === 0 ? { leadId: at(sales.leadIds, index * 11 + 3) } : {}),
	});
	for (const [turn, text] of said.entries()) {
		await call("POST", `/conversations/${id}/messages`, { role: turn % 2 === 0 ? "visitor" : "agent", text });
	}
	if (ended === null) return;
	await call("PATCH", `/conversations/${id}`, {
		status: "completed",
		outcome: ended,
		endedAt: hour(-index, 10 + index, said.length * 40),
		duration: said.length * 40,
		chatMetadata: {
			widgetId: "website",
			resolved: ended === "resolved",
			totalCost: said.length * 0.004,
			...(rating === null ? {} : { feedback: { rating } }),
			...(ended === "resolved" ? { goal: { achieved: rating > 3, type: "question answered" } } : {}),
		},
	});
}

function response({ formId }: Settings, index: number) {
	const { firstName, lastName } = person(STRANGERS + index);
	const { name, domain } = company(40 + index);
	return {
		formId,
		answers: {
			name: `${firstName} ${lastName}`,
			email: address(`${firstName} ${lastName}`, domain),
			company: name,
			roof: 300 + index * 275,
			building: at(buildings, index * 5),
			question: at(questions, index),
			newsletter: index % 2 === 0,
		},
		source: { pageUrl: "https://fjordlight.example/calculator", referrer: "https://search.example/" },
	};
}
