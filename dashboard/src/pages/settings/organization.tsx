import { useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, callApi, type Schemas } from "../../api.ts";
import { useMutation } from "../../mutation.ts";
import { useHasScope } from "../../session.tsx";
import { ActionButton, ErrorNotice, errorAt } from "../../ui/feedback.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { Form } from "../../ui/form.tsx";

type Organization = Schemas["Organization"];

/** The browser's time zones, and the current one. */
const zones = (set: string) => [...new Set([set, "UTC", ...Intl.supportedValuesOf("timeZone")])].sort();

export function OrganizationForm({ organization }: { organization: Organization }) {
	const [name, setName] = useState(organization.name);
	const [timezone, setTimezone] = useState(organization.timezone);
	const [currency, setCurrency] = useState(organization.currency);
	const client = useQueryClient();
	const save = useMutation({
		mutationFn: () =>
			callApi(
				api.PATCH("/organization", {
					params: { header: { "If-Match": `"${organization.version}"` } },
					body: { name, timezone, currency: currency.trim().toUpperCase() },
				}),
			),
		onSuccess: (saved) => client.setQueryData(["organization"], saved),
	});
	return (
		<Form
			class="page-form"
			unsaved={
				name !== organization.name || timezone !== organization.timezone || currency !== organization.currency
			}
			onSubmit={() => save.mutate()}
		>
			<div class="fields">
				<TextField label="Name" required value={name} onInput={setName} error={errorAt(save.error, "name")} />
				<SelectField
					label="Time zone"
					value={timezone}
					options={zones(organization.timezone)}
					onChange={setTimezone}
					error={errorAt(save.error, "timezone")}
				/>
				<TextField
					label="Currency"
					required
					value={currency}
					onInput={setCurrency}
					hint="Three letters, such as EUR. New deals have it unless they name another."
					error={errorAt(save.error, "currency")}
				/>
			</div>
			<ErrorNotice error={save.error} shown={["name", "timezone", "currency"]} />
			{useHasScope("organization:write") ? (
				<footer>
					<ActionButton class="primary" busy={save.isPending}>
						Save organization
					</ActionButton>
				</footer>
			) : null}
		</Form>
	);
}
