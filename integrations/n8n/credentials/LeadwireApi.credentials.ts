import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	INodeProperties,
} from "n8n-workflow";

/** An address and an API key. */
export class LeadwireApi implements ICredentialType {
	name = "leadwireApi";

	displayName = "Leadwire API";

	documentationUrl = "https://github.com/OWNER/REPOSITORY/tree/main/integrations/n8n#credentials";

	icon: Icon = { light: "file:../icons/leadwire.svg", dark: "file:../icons/leadwire.dark.svg" };

	properties: INodeProperties[] = [
		{
			displayName: "Address",
			name: "url",
			type: "string",
			required: true,
			default: "",
			placeholder: "https://crm.example.com",
			description: "Where your Leadwire is",
		},
		{
			displayName: "API Key",
			name: "apiKey",
			type: "string",
			typeOptions: { password: true },
			required: true,
			default: "",
			description: "Of the page Keys in the dashboard. The trigger needs the scope webhooks:write.",
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: "generic",
		properties: { headers: { "x-api-key": "={{$credentials.apiKey}}" } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.url.trim().replace(/(\\/api\\/v1)?\\/*$/, "")}}',
			url: "/api/v1/organization",
		},
	};
}
