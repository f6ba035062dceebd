package record

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
)

// Key is the state key of a record of type T. The first two segments of a key
// are its group: all records of one certificate share a group and so lie
// together in the state tree, where one proof can show that all are present.
type Key[T any] string

// Prefixes of the key layout. Numbers inside keys are padded so that the order
// of keys is the order of numbers.
const (
	prefixCertificate  = "certificate/" // certificate/<number>, .../holding/<id>, .../review
	prefixMember       = "member/"      // member/<code>, .../account/<id>, .../policy
	prefixCredential   = "credential/"
	prefixValidator    = "validator/"
	prefixProposal     = "proposal/"
	prefixTransfer     = "transfer/"
	prefixPledge       = "pledge/"
	prefixOrder        = "order/"
	prefixConfirmation = "confirmation/"
	prefixLine         = "line/"  // line/<bank>/<id>
	prefixGroup        = "group/" // group/<bank>/<id>
	prefixSlot         = "slot/"  // slot/<bank>/<debtor>/<group>: the one line there
	prefixInvoice      = "invoice/"
	prefixContract     = "contract/"
	prefixDelivery     = "delivery/"
	prefixReference    = "reference/" // reference/<debtor>/<SHA-256 of the payment reference>
	prefixDue          = "due/"       // due/<instant>/<kind>/<id>: what time will end
	prefixPack         = "pack/"
	prefixStop         = "stop/"
	prefixMaker        = "maker/" // maker/<credential>/<proposal>: open proposals of one maker
	keySettings        = "settings/network"
)

// CertificateKey locates a certificate by its number.
func CertificateKey(number string) Key[Certificate] {
	return Key[Certificate](prefixCertificate + number)
}

// HoldingKey locates one holding of a certificate.
func HoldingKey(certificate string, id uint32) Key[Holding] {
	return Key[Holding](fmt.Sprintf("%s%08d", HoldingsPrefix(certificate), id))
}

// HoldingsPrefix starts the keys of all holdings of a certificate.
func HoldingsPrefix(certificate string) string {
	return prefixCertificate + certificate + "/holding/"
}

// ReviewKey locates the reviewing bank's signature on a long term.
func ReviewKey(certificate string) Key[Review] {
	return Key[Review](prefixCertificate + certificate + "/review")
}

// MemberKey locates a member by its social credit code.
func MemberKey(id string) Key[Member] { return Key[Member](prefixMember + id) }

// MembersPrefix starts the keys of all members (and of their accounts and policies).
func MembersPrefix() string { return prefixMember }

// AccountKey locates a member's bank account.
func AccountKey(member, id string) Key[Account] {
	return Key[Account](prefixMember + member + "/account/" + id)
}

// AccountsPrefix starts the keys of a member's bank accounts.
func AccountsPrefix(member string) string { return prefixMember + member + "/account/" }

// PolicyKey locates a member's approval policy.
func PolicyKey(member string) Key[Policy] { return Key[Policy](prefixMember + member + "/policy") }

// CredentialKey locates a credential by the SHA-256 of its public key.
func CredentialKey(id Digest) Key[Credential] {
	return Key[Credential](prefixCredential + id.String())
}

// CredentialsPrefix starts the keys of all credentials.
func CredentialsPrefix() string { return prefixCredential }

// MemberCredentialKey marks that a member has a credential, so that a member's
// credentials can be listed.
func MemberCredentialKey(member string, id Digest) Key[Marker] {
	return Key[Marker](prefixMember + member + "/credential/" + id.String())
}

// MemberCredentialsPrefix starts the marks of a member's credentials.
func MemberCredentialsPrefix(member string) string { return prefixMember + member + "/credential/" }

// ValidatorKey locates a bank's validator node.
func ValidatorKey(bank string) Key[Validator] { return Key[Validator](prefixValidator + bank) }

// ValidatorsPrefix starts the keys of all validators.
func ValidatorsPrefix() string { return prefixValidator }

// ProposalKey locates a proposal.
func ProposalKey(id string) Key[Proposal] { return Key[Proposal](prefixProposal + id) }

// MakerProposalKey marks that a proposal of this credential is open, so that
// revoking the credential finds it.
func MakerProposalKey(maker Digest, proposal string) Key[Marker] {
	return Key[Marker](MakerProposalsPrefix(maker) + proposal)
}

// MakerProposalsPrefix starts the marks of a credential's open proposals.
func MakerProposalsPrefix(maker Digest) string { return prefixMaker + maker.String() + "/" }

// TransferKey locates a transfer.
func TransferKey(id string) Key[Transfer] { return Key[Transfer](prefixTransfer + id) }

// PledgeKey locates a pledge.
func PledgeKey(id string) Key[Pledge] { return Key[Pledge](prefixPledge + id) }

// OrderKey locates an order of a court or regulator.
func OrderKey(id string) Key[Order] { return Key[Order](prefixOrder + id) }

// ConfirmationKey locates a request to confirm a debt.
func ConfirmationKey(id string) Key[Confirmation] { return Key[Confirmation](prefixConfirmation + id) }

// LineKey locates a bank's credit line.
func LineKey(bank, id string) Key[Line] { return Key[Line](prefixLine + bank + "/" + id) }

// LinesPrefix starts the keys of credit lines: all, or one bank's.
func LinesPrefix(bank string) string {
	if bank == "" {
		return prefixLine
	}
	return prefixLine + bank + "/"
}

// SlotKey locates the one line that a bank gives a debtor within a group; an
// empty group is that of lines outside all groups.
func SlotKey(bank, debtor, group string) Key[Slot] {
	return Key[Slot](prefixSlot + bank + "/" + debtor + "/" + group)
}

// GroupKey locates a bank's group cap.
func GroupKey(bank, id string) Key[Group] { return Key[Group](prefixGroup + bank + "/" + id) }

// GroupsPrefix starts the keys of group caps: all, or one bank's.
func GroupsPrefix(bank string) string {
	if bank == "" {
		return prefixGroup
	}
	return prefixGroup + bank + "/"
}

// InvoiceKey locates an invoice by its keyed fingerprint.
func InvoiceKey(fingerprint Digest) Key[Invoice] {
	return Key[Invoice](prefixInvoice + fingerprint.String())
}

// InvoicesPrefix starts the keys of all invoices.
func InvoicesPrefix() string { return prefixInvoice }

// ContractKey locates a trade contract.
func ContractKey(id string) Key[TradeContract] { return Key[TradeContract](prefixContract + id) }

// DeliveryKey locates a delivery.
func DeliveryKey(id string) Key[Delivery] { return Key[Delivery](prefixDelivery + id) }

// ReferenceKey locates the use of a debtor's payment reference.
func ReferenceKey(debtor, reference string) Key[Reference] {
	return Key[Reference](prefixReference + debtor + "/" + Digest(sha256.Sum256([]byte(reference))).String())
}

// DueKey locates what lapses at an instant. Keys sort by instant.
func DueKey(at calendar.Instant, kind DueKind, id string) Key[Due] {
	return Key[Due](fmt.Sprintf("%s%015d/%d/%s", prefixDue, int64(at), kind, id))
}

// DuePrefix starts the queue of what lapses; DueEnd(at) ends the part due by at.
func DuePrefix() string { return prefixDue }

// DueEnd is the first key that is not due at the instant.
func DueEnd(at calendar.Instant) string { return fmt.Sprintf("%s%015d", prefixDue, int64(at)+1) }

// PackKey locates a rule pack by its ordinal.
func PackKey(ordinal uint32) Key[Pack] { return Key[Pack](fmt.Sprintf("%s%08d", prefixPack, ordinal)) }

// PacksPrefix starts the keys of all rule packs, in order.
func PacksPrefix() string { return prefixPack }

// StopKey locates a bank's attestation that stops a debtor from issuing.
func StopKey(debtor, bank string) Key[Stop] { return Key[Stop](StopsPrefix(debtor) + bank) }

// StopsPrefix starts the keys of all banks' attestations about a debtor.
func StopsPrefix(debtor string) string { return prefixStop + debtor + "/" }

// SettingsKey locates the network's settings.
func SettingsKey() Key[Settings] { return keySettings }

// PrefixEnd is the first key after all keys that start with prefix.
func PrefixEnd(prefix string) string {
	if prefix == "" {
		return ""
	}
	return prefix[:len(prefix)-1] + string(prefix[len(prefix)-1]+1)
}

// KindOf is the first segment of a state key: certificate, member, line ...
func KindOf(key string) string {
	kind, _, _ := strings.Cut(key, "/")
	return kind
}
