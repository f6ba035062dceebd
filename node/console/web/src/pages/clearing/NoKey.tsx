import { Alert } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { LinkButton } from "../../parts/Page";

/** NoKey says that account numbers stay sealed here, what follows from it, and how to change that. */
export function NoKey(): ReactElement {
  const { t } = useTranslation("clearing");
  return <Alert type="warning" showIcon title={t("key.none")} description={t("key.noneHint")} action={<LinkButton to="/login" testId="add-key">{t("key.add")}</LinkButton>} data-testid="no-key" />;
}
