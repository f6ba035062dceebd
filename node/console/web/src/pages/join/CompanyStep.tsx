import { Button, Form, Input, Select } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../../app/words";
import { isLEI, isSocialCredit } from "../../lib/number";
import { classes } from "../../lib/records";
import { DocumentList, type NamedDigest } from "../../parts/DocumentList";
import type { Company } from "./Enrol";

/** fits makes a rule of a form from a test and what to say when it fails. */
function fits(test: (text: string) => boolean, message: string): { validator: (_: unknown, value?: string) => Promise<void> } {
  return { validator: (_, value = "") => (test(value.trim()) ? Promise.resolve() : Promise.reject(new Error(message))) };
}

/** The node takes names and contacts of at most 200 bytes. */
function short(text: string): boolean {
  return text !== "" && new TextEncoder().encode(text).length <= 200;
}

interface Fields {
  id: string;
  name: string;
  class: Company["class"];
  lei?: string;
  contact: string;
  documents?: NamedDigest[];
}

/** CompanyStep asks for what the bank needs to know of the enterprise. */
export function CompanyStep({ company, fixedId, onDone }: { company: Company; fixedId: string; onDone: (company: Company) => void }): ReactElement {
  const { t } = useTranslation("join");
  const words = useWords();
  const [form] = Form.useForm<Fields>();
  const documents = Form.useWatch("documents", form) ?? company.documents;
  const done = (v: Fields): void =>
    onDone({ id: v.id.trim().toUpperCase(), name: v.name.trim(), class: v.class, lei: (v.lei ?? "").trim().toUpperCase(), contact: v.contact.trim(), documents: v.documents ?? [] });
  return (
    <Form form={form} name="join" layout="vertical" initialValues={company} onFinish={done} requiredMark={false} scrollToFirstError>
      <Form.Item name="name" label={t("company.name")} rules={[fits(short, t("company.nameWrong"))]}>
        <Input autoComplete="organization" data-testid="join-name" />
      </Form.Item>
      <Form.Item name="id" label={t("company.id")} extra={fixedId ? t("company.fixed") : t("company.idHint")} rules={[fits((v) => isSocialCredit(v.toUpperCase()), t("company.idWrong"))]}>
        <Input className="mono" disabled={fixedId !== ""} autoComplete="off" autoCapitalize="characters" maxLength={18} data-testid="join-code" />
      </Form.Item>
      <Form.Item name="class" label={t("company.class")} extra={t("company.classHint")}>
        <Select options={classes.map((c) => ({ value: c, label: words.of("class", c) }))} data-testid="join-class" />
      </Form.Item>
      <Form.Item name="contact" label={t("company.contact")} extra={t("company.contactHint")} rules={[fits(short, t("company.contactWrong"))]}>
        <Input autoComplete="off" placeholder={t("company.contactExample")} data-testid="join-contact" />
      </Form.Item>
      <Form.Item name="lei" label={t("company.lei")} rules={[fits((v) => v === "" || isLEI(v.toUpperCase()), t("company.leiWrong"))]}>
        <Input className="mono" autoComplete="off" maxLength={20} data-testid="join-lei" />
      </Form.Item>
      <Form.Item label={t("company.documents")}>
        <DocumentList
          label={t("company.drop")}
          hint={t("company.documentsHint")}
          value={documents}
          onChange={(list) => form.setFieldValue("documents", list)}
          testId="join-documents"
        />
      </Form.Item>
      <Form.Item name="documents" hidden>
        <Input />
      </Form.Item>
      <Button type="primary" htmlType="submit" block size="large" data-testid="join-next">
        {t("next")}
      </Button>
    </Form>
  );
}
