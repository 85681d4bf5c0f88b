import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type JsonObject,
	NodeApiError,
	NodeConnectionTypes,
	NodeOperationError,
} from "n8n-workflow";
import { loadOptions } from "../shared/load-options";
import { carryOut } from "./operations";
import { properties } from "./properties";
import { resources } from "./resources";

/** Actions on leads, clients, deals and tasks. */
export class Leadwire implements INodeType {
	description: INodeTypeDescription = {
		displayName: "Leadwire",
		name: "leadwire",
		icon: { light: "file:../../icons/leadwire.svg", dark: "file:../../icons/leadwire.dark.svg" },
		group: ["transform"],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description: "Create, find and change leads, clients, deals and tasks",
		defaults: { name: "Leadwire" },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: "leadwireApi", required: true }],
		properties,
	};

	methods = { loadOptions };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const results: INodeExecutionData[] = [];
		for (const itemIndex of this.getInputData().keys()) {
			const input = (name: string) => this.getNodeParameter(name, itemIndex);
			try {
				const definition = resources[String(input("resource"))];
				if (!definition)
					throw new NodeOperationError(this.getNode(), `There is no resource ${input("resource")}`, {
						itemIndex,
					});
				const records = await carryOut(this, definition, String(input("operation")), input, itemIndex);
				results.push(...records.map((json) => ({ json, pairedItem: { item: itemIndex } })));
			} catch (error) {
				// An error of the API is one already, and stays the same.
				if (!this.continueOnFail())
					throw new NodeApiError(this.getNode(), error as JsonObject, { itemIndex });
				results.push({ json: { error: (error as Error).message }, pairedItem: { item: itemIndex } });
			}
		}
		return [results];
	}
}
