import { type Answer, resourceAnswer } from "../http/answer.ts";
import { answerUnlessCurrent } from "../http/conditions.ts";
import { readAnswers } from "../http/crud.ts";
import { endpoint } from "../http/endpoint.ts";
import { registerServerSetFields } from "../http/server-set-fields.ts";
import { writeEndpoint } from "../http/write.ts";
import { identities } from "../identities.ts";
import { get, update, usage } from "./organization.ts";
import { Organization, OrganizationUpdate, OrganizationUsage } from "./schema.ts";

registerServerSetFields(OrganizationUpdate, Organization);

export const organizationEndpoints = [
	endpoint(
		{
			method: "get",
			path: "/organization",
			of: identities.organization,
			operationId: "getOrganization",
			summary: "Get the organization",
			description: "The organization that the API key belongs to.",
			message: "Organization retrieved successfully",
			answers: readAnswers("organization", Organization),
		},
		async ({ ctx, request }) => answerUnlessCurrent(request, await get(ctx)),
	),

	endpoint(
		{
			method: "get",
			path: "/organization/usage",
			of: identities.organization,
			operationId: "getOrganizationUsage",
			summary: "Show quotas and usage",
			description:
				"How much of each quota the organization uses. A create that exceeds a quota is a 409 that names it; reading, changing and deleting always work. A deleted row counts until it is removed for good. Only the operator can change limits.",
			message: "Usage retrieved successfully",
			answers: { 200: { description: "Every quota.", schema: OrganizationUsage } },
		},
		async ({ ctx }): Promise<Answer> => ({ status: 200, body: { items: await usage(ctx) } }),
	),

	writeEndpoint(
		{
			method: "patch",
			path: "/organization",
			of: identities.organization,
			operationId: "updateOrganization",
			summary: "Update the organization",
			description: "Changes the fields in the body and no others.",
			message: "Organization updated successfully",
			body: OrganizationUpdate,
			conditional: true,
			answers: { 200: { description: "Updated.", schema: Organization, headers: ["ETag"] } },
		},
		({ ctx, body, condition }) => update(ctx, body, condition),
		(organization) => resourceAnswer(200, organization),
	),
];
