package record

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Class is the class and size of an enterprise at the date of a contract, as
// State Council Order 802 distinguishes them.
type Class uint8

// Classes of enterprises.
const (
	PublicBody Class = iota + 1 // 机关、事业单位
	LargeEnterprise
	MediumEnterprise
	SmallEnterprise
	MicroEnterprise
)

// IsSME reports whether the class is protected as a small or medium enterprise.
func (c Class) IsSME() bool { return c >= MediumEnterprise && c <= MicroEnterprise }

// Roles is what a member may be on the network; a member can have several.
type Roles uint16

// Roles of members.
const (
	Debtor    Roles = 1 << iota // 付款方(开立方)
	Holder                      // 持有人
	Funder                      // 资金方: a bank
	Guarantor                   // 担保方
	Operator                    // 运营方
	Auditor                     // 审计/监管方
)

// Has reports whether every role of want is present.
func (r Roles) Has(want Roles) bool { return r&want == want }

// Any reports whether one role of want is present.
func (r Roles) Any(want Roles) bool { return r&want != 0 }

// MemberState is whether a member may act.
type MemberState uint8

// States of a member. A suspended holder is still paid.
const (
	MemberActive MemberState = iota + 1
	MemberSuspended
)

// Member is an enterprise on the network.
type Member struct {
	_          struct{}         `cbor:",toarray"`
	ID         string           `json:"id"`   // unified social credit code, 18 characters (GB 32100-2015)
	Name       string           `json:"name"` // registered name
	Class      Class            `json:"class"`
	Roles      Roles            `json:"roles"`
	State      MemberState      `json:"state"`
	Sponsor    string           `json:"sponsor"`    // the bank that vouched; empty when the genesis or the banks together admitted it
	LEI        string           `json:"lei"`        // ISO 17442, or empty
	Admins     uint32           `json:"admins"`     // credentials with the admin role that are not revoked
	Encryption []byte           `json:"encryption"` // public key for documents sealed to this member, or empty
	Enrolled   calendar.Instant `json:"enrolled"`
}

// PersonRoles is what one credential may do for its member.
type PersonRoles uint16

// Roles of a person. An admin is neither maker nor checker.
const (
	Maker    PersonRoles = 1 << iota // 经办
	Checker                          // 复核
	Admin                            // 管理员
	Reviewer                         // signs attestations and reviews for a bank
)

// Has reports whether every role of want is present.
func (r PersonRoles) Has(want PersonRoles) bool { return r&want == want }

// Credential is a registered public key of one person of a member. The id is
// the SHA-256 of the key's SubjectPublicKeyInfo.
type Credential struct {
	_         struct{}         `cbor:",toarray"`
	ID        Digest           `json:"id"`
	Member    string           `json:"member"`
	Person    string           `json:"person"` // the member's own pseudonym for the person; never a name
	Roles     PersonRoles      `json:"roles"`
	Algorithm uint8            `json:"algorithm"` // crypto/credential's number of the signature algorithm
	PublicKey []byte           `json:"publicKey"` // SubjectPublicKeyInfo, DER
	Attached  Digest           `json:"attached"`  // SHA-256 of a licensed authority's X.509 document, or zero
	NotBefore calendar.Instant `json:"notBefore"`
	NotAfter  calendar.Instant `json:"notAfter"`
	RevokedAt calendar.Instant `json:"revokedAt"` // 0 while not revoked
	Request   Digest           `json:"request"`   // hash of the document on which an admin was recovered, or zero
}

// Account is a member's bank account. The number itself is never on the
// ledger: only a salted commitment and a ciphertext for those who need it.
type Account struct {
	_          struct{}         `cbor:",toarray"`
	Member     string           `json:"member"`
	ID         string           `json:"id"`
	Bank       string           `json:"bank"` // member id of the account's bank
	Commitment Digest           `json:"commitment"`
	Sealed     []byte           `json:"sealed"` // envelope for the member and the bank
	State      AccountState     `json:"state"`
	Since      calendar.Instant `json:"since"`      // of the present state
	UsableFrom calendar.Instant `json:"usableFrom"` // end of the cooling-off time
}

// AccountState is the life of a bank account's registration.
type AccountState uint8

// States of an account.
const (
	AccountProposed AccountState = iota + 1
	AccountConfirmed
	AccountClosed
)

// Policy says which operations of a member need a checker.
type Policy struct {
	_     struct{}     `cbor:",toarray"`
	Rules []PolicyRule `json:"rules"`
}

// PolicyRule requires a checker for a function from an amount upwards (fen;
// 1 or less means always).
type PolicyRule struct {
	_        struct{}  `cbor:",toarray"`
	Function string    `json:"function"`
	From     money.Fen `json:"from"`
}

// Validator is the node with which a bank takes part in consensus.
type Validator struct {
	_         struct{} `cbor:",toarray"`
	Bank      string   `json:"bank"`
	Consensus []byte   `json:"consensus"` // Ed25519 public key, 32 bytes
	Peer      string   `json:"peer"`      // libp2p peer id
	Address   string   `json:"address"`   // host:port of the peer
	Power     int64    `json:"power"`
	Active    bool     `json:"active"`
}

// Marker is a record whose presence is all it says.
type Marker struct {
	_       struct{} `cbor:",toarray"`
	Present bool     `json:"present"`
}

// Settings are facts about the network fixed by its genesis or by motion.
type Settings struct {
	_                struct{} `cbor:",toarray"`
	Network          string   `json:"network"`
	Devnet           bool     `json:"devnet"`
	OffsetMillis     int64    `json:"offsetMillis"`     // added to block time; only ever set on a devnet
	FingerprintEpoch uint32   `json:"fingerprintEpoch"` // current epoch of the invoice fingerprint key
}
