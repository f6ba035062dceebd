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
	_          struct{} `cbor:",toarray"`
	ID         string   // unified social credit code, 18 characters (GB 32100-2015)
	Name       string   // registered name
	Class      Class
	Roles      Roles
	State      MemberState
	Sponsor    string // the bank that vouched; empty for members of the genesis
	LEI        string // ISO 17442, or empty
	Admins     uint32 // credentials with the admin role that are not revoked
	Encryption []byte // public key for documents sealed to this member, or empty
	Enrolled   calendar.Instant
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
	_         struct{} `cbor:",toarray"`
	ID        Digest
	Member    string
	Person    string // the member's own pseudonym for the person; never a name
	Roles     PersonRoles
	Algorithm uint8  // crypto/credential's number of the signature algorithm
	PublicKey []byte // SubjectPublicKeyInfo, DER
	Attached  Digest // SHA-256 of a licensed authority's X.509 document, or zero
	NotBefore calendar.Instant
	NotAfter  calendar.Instant
	RevokedAt calendar.Instant // 0 while not revoked
}

// Account is a member's bank account. The number itself is never on the
// ledger: only a salted commitment and a ciphertext for those who need it.
type Account struct {
	_          struct{} `cbor:",toarray"`
	Member     string
	ID         string
	Bank       string // member id of the account's bank
	Commitment Digest
	Sealed     []byte // envelope for the member and the bank
	State      AccountState
	Since      calendar.Instant // of the present state
	UsableFrom calendar.Instant // end of the cooling-off time
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
	_     struct{} `cbor:",toarray"`
	Rules []PolicyRule
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
	Bank      string
	Consensus []byte // Ed25519 public key, 32 bytes
	Peer      string // libp2p peer id
	Address   string // host:port of the peer
	Power     int64
	Active    bool
}

// Marker is a record whose presence is all it says.
type Marker struct {
	_       struct{} `cbor:",toarray"`
	Present bool
}

// Settings are facts about the network fixed by its genesis or by motion.
type Settings struct {
	_                struct{} `cbor:",toarray"`
	Network          string
	Devnet           bool
	OffsetMillis     int64  // added to block time; only ever set on a devnet
	FingerprintEpoch uint32 // current epoch of the invoice fingerprint key
}
