import { crud, rowAnswer } from "../../http/crud.ts";
import { writeEndpoint } from "../../http/write.ts";
import { invoices, invoiceVerbs } from "./invoices.ts";
import { Invoice, InvoiceCreate, InvoiceUpdate, invoiceCauses, PaymentCreate } from "./schema.ts";

const exposure = {
	resource: invoices,
	verbs: invoiceVerbs,
	schemas: { wire: Invoice, create: InvoiceCreate, update: InvoiceUpdate },
	causes: invoiceCauses,
};

const pay = writeEndpoint(
	{
		method: "post",
		path: "/invoices/{id}/payments",
		of: invoices,
		operationId: "payInvoice",
		summary: "Record a payment",
		description:
			"Records money received for an invoice, sent or still a draft. Its status becomes `PARTIALLY_PAID`, or `PAID` once nothing is due. An amount greater than what is due is a 400.",
		message: "Payment recorded successfully",
		body: PaymentCreate,
		conditional: true,
		answers: {
			201: { description: "The invoice as it is now.", schema: Invoice, headers: ["ETag", "Location"] },
		},
	},
	({ ctx, id, body: { amount, paidAt = null, method = null }, condition }) =>
		invoiceVerbs.update(ctx, id, { payment: { amount, paidAt, method } }, condition),
	(row) => rowAnswer(201, row, `/api/v1/invoices/${row.id}`),
);

const makeVoid = writeEndpoint(
	{
		method: "post",
		path: "/invoices/{id}/void",
		of: invoices,
		operationId: "voidInvoice",
		summary: "Void an invoice",
		description:
			"Nothing is due on a void invoice, and its total can no longer be changed. A paid invoice can't be voided (409).",
		message: "Invoice voided successfully",
		conditional: true,
		answers: { 200: { description: "Voided.", schema: Invoice, headers: ["ETag"] } },
	},
	({ ctx, id, condition }) => invoiceVerbs.update(ctx, id, { voided: true }, condition),
	(row) => rowAnswer(200, row),
);

export const invoiceEndpoints = [...Object.values(crud(exposure)), pay, makeVoid];
