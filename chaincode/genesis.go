package chaincode

import (
	"crypto/sha256"
	"fmt"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// GenesisState is what a network begins with, as the application's part of the
// genesis file: its name, its first members with proofs of possession, its first
// validators and its first rule pack. A person's proof of possession names the
// network, so a key enrolled in one genesis proves nothing in another.
type GenesisState struct {
	member.GenesisArgument
	Pack record.Pack `json:"pack,omitzero"` // the first rule pack; rules.DefaultPack when left out
}

// ParseGenesis reads a genesis state as strictly as an argument.
func ParseGenesis(text []byte) (GenesisState, error) {
	var state GenesisState
	if err := decodeStrict(text, &state); err != nil {
		return GenesisState{}, fmt.Errorf("read genesis: %w", err)
	}
	return state, nil
}

// Encode writes a genesis state as ParseGenesis reads it, the same bytes
// everywhere.
func (g GenesisState) Encode() []byte { return encodeArgument(g) }

// Genesis writes the first records of a network at the time of its genesis and
// returns what happened. It writes all or nothing, and is refused with
// ALREADY_EXISTS on a ledger that has begun.
func Genesis(backend world.Backend, state GenesisState, now calendar.Instant) (record.Effects, error) {
	seed := record.Digest(sha256.Sum256([]byte("genesis:" + state.Network)))
	w := world.New(backend, world.Call{
		Network: state.Network, TxID: seed.String(), Now: now, Actor: world.Actor{System: true},
	})
	if err := now.Valid(); err != nil {
		return record.Effects{}, fmt.Errorf("write genesis: %w", err)
	}
	pack := state.Pack
	if pack.Ordinal == 0 {
		pack = rules.DefaultPack()
	}
	if err := rules.Genesis(w, pack); err != nil {
		return record.Effects{}, fmt.Errorf("write genesis: %w", err)
	}
	if err := member.Genesis(w, state.GenesisArgument); err != nil {
		return record.Effects{}, fmt.Errorf("write genesis: %w", err)
	}
	effects, err := w.Flush()
	if err != nil {
		return record.Effects{}, fmt.Errorf("write genesis: %w", err)
	}
	return effects, nil
}

// initialise is Genesis behind Fabric's Init. The channel's name must be the
// network's.
func initialise(stub shim.ChaincodeStubInterface) error {
	_, params := stub.GetFunctionAndParameters()
	if len(params) != 1 {
		return code.BadArgument.New("Init takes one argument, not %d", len(params))
	}
	state, err := ParseGenesis([]byte(params[0]))
	if err != nil {
		return err
	}
	if channel := stub.GetChannelID(); state.Network != channel {
		return code.WrongNetwork.New("genesis of %s on channel %s", state.Network, channel)
	}
	stamp, err := stub.GetTxTimestamp()
	if err != nil {
		return fmt.Errorf("read the transaction's time: %w", err)
	}
	effects, err := Genesis(stubBackend{stub}, state, calendar.FromTime(stamp.AsTime()))
	if err != nil {
		return err
	}
	if err := stub.SetEvent(EventName, record.Encode(&effects)); err != nil {
		return fmt.Errorf("emit the event: %w", err)
	}
	return nil
}
