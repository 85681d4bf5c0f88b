import { useQueryClient } from "@tanstack/preact-query";
import { RecordForm } from "../../form/record-form.tsx";
import { fieldLabel } from "../../format.ts";
import { pathOf, type Resource } from "../../resources.ts";
import { useNavigate } from "../../router.tsx";
import { Heading } from "../../ui/layout.tsx";
import { listPath } from "./list-path.ts";

/** The page that creates a record. */
export function NewRecord({ resource }: { resource: Resource }) {
	const list = listPath(useQueryClient(), resource);
	const navigate = useNavigate();
	return (
		<>
			<Heading title={`New ${resource.noun}`} up={{ path: list, text: fieldLabel(resource.path) }} />
			<RecordForm
				resource={resource}
				onSaved={({ id }) => navigate(pathOf(resource, id), true)}
				onCancel={() => navigate(list)}
			/>
		</>
	);
}
