import { CheckOutlined, CopyOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useNames } from "../app/query";
import { groupedNumber } from "../lib/number";

interface MemberNameProps {
  /** Social credit code. */
  id: string | null | undefined;
  /** Also show the code. */
  withCode?: boolean;
  /** Lead to the member's page. */
  link?: boolean;
}

/** MemberName is the name of a member, read from the ledger; its code until that is known. */
export function MemberName({ id, withCode, link }: MemberNameProps): ReactElement | null {
  const names = useNames(id ? [id] : []);
  if (!id) return null;
  const text = names(id);
  return (
    <span title={id}>
      {link ? <Link to={`/members/${id}`}>{text}</Link> : text}
      {withCode && text !== id && <span className="soft small mono"> {id}</span>}
    </span>
  );
}

interface CertificateLinkProps {
  number: string;
  /** Only the date and sequence, where the debtor is named beside it. */
  short?: boolean;
  /** Text alone, without a link. */
  plain?: boolean;
}

/** CertificateLink is the number of a certificate in groups, and leads to its page. */
export function CertificateLink({ number, short, plain }: CertificateLinkProps): ReactElement {
  const text = short ? `…${groupedNumber(number).split(" ").slice(-2).join(" ")}` : groupedNumber(number);
  if (plain)
    return (
      <span className="num groups" title={number}>
        {text}
      </span>
    );
  return (
    <Link to={`/certificates/${number}`} className="num groups" title={number} data-testid="certificate-link">
      {text}
    </Link>
  );
}

/** Copy puts a text onto the clipboard. */
export function Copy({ text, label }: { text: string; label?: string }): ReactElement {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  return (
    <Button
      size="small"
      type="text"
      icon={done ? <CheckOutlined /> : <CopyOutlined />}
      aria-label={label ?? t("copy")}
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => setDone(true));
      }}
      onBlur={() => setDone(false)}
    />
  );
}

/** Digest is the beginning of a long hexadecimal text, with the whole of it to copy. */
export function Digest({ value }: { value: string | null | undefined }): ReactElement | null {
  if (!value) return null;
  return (
    <span className="mono" title={value}>
      {value.length > 20 ? `${value.slice(0, 12)}…${value.slice(-4)}` : value}
      <Copy text={value} />
    </span>
  );
}
