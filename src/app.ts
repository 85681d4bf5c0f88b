// Table of contents: the gate, each feature's endpoints, the public pages.
import { Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { apiKeyEndpoints } from "./api-keys/routes.ts";
import { clientEndpoints } from "./crm/clients/routes.ts";
import { conversationEndpoints } from "./crm/conversations/routes.ts";
import { dealEndpoints } from "./crm/deals/routes.ts";
import { formResponseEndpoints } from "./crm/form-responses/routes.ts";
import { formEndpoints } from "./crm/forms/routes.ts";
import { invoiceEndpoints } from "./crm/invoices/routes.ts";
import { quotationInvoicing } from "./crm/invoicing/routes.ts";
import { leadConversion } from "./crm/lead-conversion/routes.ts";
import { leadEndpoints } from "./crm/leads/routes.ts";
import { pipelineEndpoints } from "./crm/pipelines/routes.ts";
import { quotationEndpoints } from "./crm/quotations/routes.ts";
import { taskEndpoints } from "./crm/tasks/routes.ts";
import { customFieldEndpoints } from "./custom-fields/routes.ts";
import { mountDashboard } from "./dashboard/routes.ts";
import { erasureEndpoints } from "./erasure/routes.ts";
import { notFound, wrongMethod } from "./errors.ts";
import { eventEndpoints, topicEndpoints } from "./events/routes.ts";
import { allowOrigins } from "./gate/cors.ts";
import { gate } from "./gate/gate.ts";
import { identifyRequest } from "./gate/request.ts";
import { respondError } from "./http/answer.ts";
import type { AppEnv, Endpoint } from "./http/endpoint.ts";
import { answerError, onError } from "./http/on-error.ts";
import { FormRouter } from "./http/router.ts";
import { mountMcp } from "./mcp/routes.ts";
import { notificationEndpoints } from "./notifications/routes.ts";
import { organizationEndpoints } from "./organization/routes.ts";
import { mountPublicForms } from "./public-forms/routes.ts";
import { referenceEndpoints } from "./reference/lists.ts";
import { requestLogEndpoints } from "./request-log/list.ts";
import { organizationDocument } from "./site/own-document.ts";
import { mountOrganizationDocument, mountSite } from "./site/routes.ts";
import { webhookEndpoints } from "./webhooks/routes.ts";

/** All endpoints, in the order of the OpenAPI document: what others refer to comes first. */
export const endpoints: readonly Endpoint[] = [
	...referenceEndpoints,
	...leadEndpoints,
	leadConversion,
	...clientEndpoints,
	...erasureEndpoints,
	...dealEndpoints,
	...pipelineEndpoints,
	...organizationEndpoints,
	...taskEndpoints,
	...formEndpoints,
	...formResponseEndpoints,
	...conversationEndpoints,
	...quotationEndpoints,
	...invoiceEndpoints,
	quotationInvoicing,
	...topicEndpoints,
	...webhookEndpoints,
	...eventEndpoints,
	...notificationEndpoints,
	...apiKeyEndpoints,
	...requestLogEndpoints,
	...customFieldEndpoints,
];

export const app = new Hono<AppEnv>({ router: new FormRouter() });
const api = new Hono<AppEnv>();
/** Turns the 404 for a path that has other methods into a 405; asked only where no route matches. */
const explainMethod = methodNotAllowed({
	app,
	onMethodNotAllowed: (c, methods) => answerError(c, wrongMethod(methods)),
});

app.onError(onError);
app.notFound(async (c) => {
	const error = notFound("path");
	c.res = respondError(error, c.get("requestId"));
	await explainMethod(c, async () => undefined);
	c.error ??= error;
	return c.res;
});
app.use(identifyRequest);
app.use(allowOrigins);

mountSite(app);
mountDashboard(app);
mountPublicForms(app);
mountMcp(app, endpoints, organizationDocument);
api.use(gate);
for (const { mount } of endpoints) mount(api);
mountOrganizationDocument(api);
app.route("/api/v1", api);
