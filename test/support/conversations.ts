// Helpers for tests of conversations.
import type { Api } from "./api.ts";
import { create } from "./deals.ts";

export const callBody = {
	conversationType: "phone",
	agentId: "550e8400-e29b-41d4-a716-446655440000",
	agentName: "Sales Agent",
	direction: "outbound",
	agentNumber: "+14155551234",
	contactNumber: "+12345678900",
	twilioCallSid: "CA1234567890abcdef",
	callMetadata: {
		customer: { name: "John Doe", company: "Acme Corp" },
		context: { campaignType: "customer_support", previousAttempts: 1 },
		custom: { orderId: "ORD-12345", nested: { list: [1, "two", null, { three: 3.5 }] } },
	},
	metadata: { contactName: "John Doe", contactPhone: "+1234567890" },
};

export const createConversation = (api: Api, body: object = callBody) => create(api, "/conversations", body);
