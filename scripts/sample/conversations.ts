// Calls and chats with every possible outcome, and responses to the form on the website.
import { createEach, type SampleContext } from "./api.ts";
import { buildings } from "./business.ts";
import { company, emailAddress, person } from "./people.ts";
import { itemAt, randomSource } from "./random.ts";
import type { Sales } from "./sales.ts";
import type { Settings } from "./settings.ts";
import { calls, chats, questions } from "./stories.ts";

/** The first index of people that are not used elsewhere. */
const STRANGERS = 250;
const RESPONSES = 5;

/** Creates calls, chats and form responses in parallel. */
export async function createConversations(
	world: SampleContext,
	settings: Settings,
	sales: Sales,
): Promise<void> {
	await Promise.all([
		createEach(
			world.call,
			"/conversations",
			calls.map((call, index) => phoneCall(world, sales, call, index)),
		),
		...chats.map((chat, index) => hold(world, sales, chat, index)),
		createEach(
			world.call,
			"/form-responses",
			Array.from({ length: RESPONSES }, (_, index) => response(settings, index)),
		),
	]);
}

function phoneCall({ hour }: SampleContext, sales: Sales, call: (typeof calls)[number], index: number) {
	const luck = randomSource(7_000 + index);
	const whose = itemAt(sales.leadIds, index * 7);
	const { firstName, lastName, phone } = person(index * 7);
	const began = -1 - Math.floor(index / 2);
	const times =
		call.status === "scheduled"
			? {}
			: {
					startedAt: hour(began, 9 + (index % 8)),
					...(call.status === "active"
						? {}
						: { endedAt: hour(began, 9 + (index % 8), luck.integer(5, 600)) }),
				};
	return {
		...call,
		...times,
		conversationType: "phone",
		agentId: "voice-agent-1",
		agentName: "Liv",
		direction: luck.isTrue(70) ? "outbound" : "inbound",
		agentNumber: "+4755550100",
		contactNumber: phone,
		...(index % 4 === 3 ? { clientId: itemAt(sales.clientIds, index) } : { leadId: whose }),
		metadata: {
			contactName: `${firstName} ${lastName}`,
			campaign: itemAt(["spring roofs", "callbacks"], index),
		},
		callMetadata: { customer: { name: `${firstName} ${lastName}`, language: "en" } },
	};
}

/** Creates a chat step by step: it opens, messages are added, and it ends. */
async function hold(
	{ call, hour }: SampleContext,
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
		metadata: { page: itemAt(["/", "/storage", "/calculator"], index), visit: index + 1 },
		...(index % 2 === 0 ? { leadId: itemAt(sales.leadIds, index * 11 + 3) } : {}),
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
			email: emailAddress(`${firstName} ${lastName}`, domain),
			company: name,
			roof: 300 + index * 275,
			building: itemAt(buildings, index * 5),
			question: itemAt(questions, index),
			newsletter: index % 2 === 0,
		},
		source: { pageUrl: "https://fjordlight.example/calculator", referrer: "https://search.example/" },
	};
}
