package member

import (
	"net"
	"strconv"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
	"github.com/tierledger/tierledger/crypto/credential"
)

// ValidatorPower is the weight of every validator in consensus: one bank, one
// vote.
const ValidatorPower = 10

// Limits of a validator's particulars, in bytes.
const (
	maxPeer    = 128
	maxAddress = 255
)

// ValidatorArgument describes the node with which a bank takes part in
// consensus.
type ValidatorArgument struct {
	Bank      string `json:"bank"`
	Consensus []byte `json:"consensus"` // Ed25519 public key, 32 bytes
	Peer      string `json:"peer"`      // libp2p peer id
	Address   string `json:"address"`   // host:port
}

// ValidatorResult says how many validators there are now.
type ValidatorResult struct {
	Bank   string `json:"bank"`
	Active int    `json:"active"`
}

// AdmitValidator lets a bank's node take part in consensus, by more than two
// thirds of the validator banks. Checks: form (BAD_KEY also for a key of small
// order), quorum, the bank is an active funder, it has no active validator
// (ALREADY_EXISTS), and no other bank ever used the key or the peer id
// (VALIDATOR_CONFLICT). To change its key a bank is removed and admitted anew.
func AdmitValidator(w *world.World, in ValidatorArgument) (ValidatorResult, error) {
	if err := in.form(); err != nil {
		return ValidatorResult{}, err
	}
	if err := requireBanks(w); err != nil {
		return ValidatorResult{}, err
	}
	return admitValidator(w, in)
}

func admitValidator(w *world.World, in ValidatorArgument) (ValidatorResult, error) {
	if _, err := GetActive(w, in.Bank, record.Funder); err != nil {
		return ValidatorResult{}, err
	}
	known, err := Validators(w)
	if err != nil {
		return ValidatorResult{}, err
	}
	for _, v := range known {
		if v.Bank == in.Bank {
			if v.Active {
				return ValidatorResult{}, code.AlreadyExists.New("bank %s has a validator", in.Bank)
			}
			continue
		}
		if string(v.Consensus) == string(in.Consensus) || v.Peer == in.Peer {
			return ValidatorResult{}, code.ValidatorConflict.New("key or peer id belongs to bank %s", v.Bank)
		}
	}
	world.Put(w, record.ValidatorKey(in.Bank), &record.Validator{
		Bank: in.Bank, Consensus: in.Consensus, Peer: in.Peer, Address: in.Address, Power: ValidatorPower, Active: true,
	})
	notify(w, record.ValidatorChanged, in.Bank, Banks(known, in.Bank)...)
	return ValidatorResult{Bank: in.Bank, Active: active(known) + 1}, nil
}

func (in *ValidatorArgument) form() error {
	if err := CheckID(in.Bank); err != nil {
		return err
	}
	// RFC 8410 section 4: the SubjectPublicKeyInfo of an Ed25519 key is this and the key.
	spki := append([]byte("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"), in.Consensus...)
	if key, err := credential.ParsePublicKey(spki); err != nil || key.Algorithm() != credential.EdDSA {
		return code.BadKey.New("consensus key of bank %s", in.Bank)
	}
	if in.Peer == "" || len(in.Peer) > maxPeer {
		return code.BadArgument.New("peer id has not 1 to %d characters", maxPeer)
	}
	for _, c := range []byte(in.Peer) {
		if !('1' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z') {
			return code.BadArgument.New("peer id has a character that base 58 has not")
		}
	}
	host, port, err := net.SplitHostPort(in.Address)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n == 0 || host == "" || len(in.Address) > maxAddress {
		return code.BadArgument.New("address of bank %s is not host:port", in.Bank)
	}
	return CheckText("address", in.Address, maxAddress)
}

// BankArgument names a bank.
type BankArgument struct {
	Bank string `json:"bank"`
}

// RemoveValidator takes a bank's node out of consensus, by more than two thirds
// of the validator banks, the removed one's vote counted. Not active: NOT_FOUND.
// The last validator stays, and so does one without which suspended banks would
// have a third of the seats (VALIDATOR_CONFLICT).
func RemoveValidator(w *world.World, in BankArgument) (ValidatorResult, error) {
	if err := CheckID(in.Bank); err != nil {
		return ValidatorResult{}, err
	}
	if err := requireBanks(w); err != nil {
		return ValidatorResult{}, err
	}
	v, err := world.Find(w, record.ValidatorKey(in.Bank))
	if err != nil {
		return ValidatorResult{}, err
	}
	if v == nil || !v.Active {
		return ValidatorResult{}, code.NotFound.New("active validator of bank %s", in.Bank)
	}
	known, err := Validators(w)
	if err != nil {
		return ValidatorResult{}, err
	}
	left := active(known) - 1
	if left == 0 {
		return ValidatorResult{}, code.ValidatorConflict.New("bank %s has the last validator", in.Bank)
	}
	if err := leavesMajority(w, v.Bank, false); err != nil {
		return ValidatorResult{}, err
	}
	v.Active = false
	world.Put(w, record.ValidatorKey(v.Bank), v)
	notify(w, record.ValidatorChanged, v.Bank, Banks(known, v.Bank)...)
	return ValidatorResult{Bank: v.Bank, Active: left}, nil
}

// leavesMajority refuses with VALIDATOR_CONFLICT to do without a bank, which keeps
// its seat among the validators' banks or not, when the others that can act would
// not be more than two thirds of the seats: nothing could be decided any more, not
// even to resume a bank.
func leavesMajority(w *world.World, bank string, keepsSeat bool) error {
	list, err := Validators(w)
	if err != nil {
		return err
	}
	seats, able, seated := 0, 0, false
	for _, v := range list {
		if !v.Active {
			continue
		}
		if v.Bank == bank {
			seated = true
			continue
		}
		m, err := Get(w, v.Bank)
		if err != nil {
			return err
		}
		if seats++; m.State == record.MemberActive {
			able++
		}
	}
	if seated && keepsSeat {
		seats++
	}
	if seated && 3*able <= 2*seats {
		return code.ValidatorConflict.New("%d of %d validators' banks could still act: remove a suspended bank's validator first", able, seats)
	}
	return nil
}

// Validators lists every validator that ever was, active or not, in order of
// bank. The ledger turns changes of this list into validator updates.
func Validators(w *world.World) ([]record.Validator, error) {
	var list []record.Validator
	prefix := record.ValidatorsPrefix()
	err := world.Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, v *record.Validator) (bool, error) {
		list = append(list, *v)
		return true, nil
	})
	return list, err
}

func active(list []record.Validator) int {
	n := 0
	for _, v := range list {
		if v.Active {
			n++
		}
	}
	return n
}

// Banks lists the active validators' banks and one more, each once.
func Banks(list []record.Validator, also string) []string {
	out := []string{also}
	for _, v := range list {
		if v.Active && v.Bank != also {
			out = append(out, v.Bank)
		}
	}
	return out
}

// EpochArgument names an epoch of the invoice fingerprint key.
type EpochArgument struct {
	Epoch uint32 `json:"epoch"`
}

// SetFingerprintEpoch begins the next epoch of the invoice fingerprint key, by
// more than two thirds of the validator banks. An epoch other than the next is
// BAD_ARGUMENT.
func SetFingerprintEpoch(w *world.World, in EpochArgument) (EpochArgument, error) {
	if err := requireBanks(w); err != nil {
		return EpochArgument{}, err
	}
	s, err := world.Load(w, record.SettingsKey(), "settings", "network")
	if err != nil {
		return EpochArgument{}, err
	}
	if in.Epoch == 0 || in.Epoch-1 != s.FingerprintEpoch {
		return EpochArgument{}, code.BadArgument.New("epoch %d does not follow %d", in.Epoch, s.FingerprintEpoch)
	}
	s.FingerprintEpoch = in.Epoch
	world.Put(w, record.SettingsKey(), s)
	list, err := Validators(w)
	if err != nil {
		return EpochArgument{}, err
	}
	w.Notify(record.NoticeOf{Kind: record.ValidatorChanged, Subject: "fingerprint-epoch", Members: Banks(list, w.Actor().Member)})
	return in, nil
}
