// The JavaScript calls of the call webhooks' documentation, in its order. API stands for its host.
const { API } = process.env;

const response = await fetch(`${API}/api/v1/webhooks`, {
	method: "POST",
	headers: {
		"x-api-key": process.env.HEPPU_API_KEY,
		"Content-Type": "application/json",
	},
	body: JSON.stringify({
		url: "https://api.yourcompany.com/webhooks/heppu",
		events: ["call.completed", "call.failed", "chat.message.received"],
		description: "Production webhook endpoint",
		secret: "whsec_your_secret_key_here",
	}),
});
const webhook = await response.json();
console.log("Webhook created:", webhook.data.id);

const listed = await fetch(`${API}/api/v1/webhooks`, {
	headers: { "x-api-key": process.env.HEPPU_API_KEY },
});
const data = await listed.json();
console.log("Webhooks:", data.data.map(({ id }) => id).join());

const updated = await fetch(`${API}/api/v1/webhooks/${webhook.data.id}`, {
	method: "PATCH",
	headers: {
		"x-api-key": process.env.HEPPU_API_KEY,
		"Content-Type": "application/json",
	},
	body: JSON.stringify({
		events: ["call.completed"],
		status: "active",
	}),
});
console.log("Webhook updated:", (await updated.json()).data.events.join());

const deleted = await fetch(`${API}/api/v1/webhooks/${webhook.data.id}`, {
	method: "DELETE",
	headers: { "x-api-key": process.env.HEPPU_API_KEY },
});
console.log("Webhook deleted:", deleted.status === 204);
