package member

import (
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// GenesisMember is a member of the first hour.
type GenesisMember struct {
	EnrolArgument
	Sponsor string `json:"sponsor,omitzero"` // a bank of the same genesis, or empty
}

// GenesisArgument is what a network begins with, besides its first rule pack.
type GenesisArgument struct {
	Network          string              `json:"network"`
	Devnet           bool                `json:"devnet"`
	FingerprintEpoch uint32              `json:"fingerprintEpoch"`
	Members          []GenesisMember     `json:"members"`
	Validators       []ValidatorArgument `json:"validators"`
}

// Genesis writes the settings, the first members with their credentials, and the
// first validators, on an empty ledger. It asks for no actor: whoever starts a
// node reads the genesis and thereby agrees. Everything else is checked as
// Enrol and AdmitValidator check it; proofs of possession are verified for the
// network of the world, which must be the one named.
func Genesis(w *world.World, in GenesisArgument) error {
	if err := CheckIdentifier("network", in.Network); err != nil {
		return err
	}
	if in.Network != w.Network() {
		return code.WrongNetwork.New("genesis of %s, read for %s", in.Network, w.Network())
	}
	if used, err := world.Exists(w, record.SettingsKey()); err != nil || used {
		if err == nil {
			err = code.AlreadyExists.New("network %s has begun", in.Network)
		}
		return err
	}
	world.Put(w, record.SettingsKey(), &record.Settings{
		Network: in.Network, Devnet: in.Devnet, FingerprintEpoch: in.FingerprintEpoch,
	})
	for _, m := range in.Members {
		if err := m.form(); err != nil {
			return err
		}
		if _, err := enrol(w, m.EnrolArgument, m.Sponsor); err != nil {
			return err
		}
	}
	for _, m := range in.Members {
		if m.Sponsor == "" {
			continue
		}
		if m.Roles.Any(Institutions) {
			return code.BadArgument.New("institution %s has a sponsor", m.ID)
		}
		if _, err := GetActive(w, m.Sponsor, record.Funder); err != nil {
			return err
		}
	}
	if len(in.Validators) == 0 {
		return code.ValidatorConflict.New("a network begins with at least one validator")
	}
	for _, v := range in.Validators {
		if err := v.form(); err != nil {
			return err
		}
		if _, err := admitValidator(w, v); err != nil {
			return err
		}
	}
	return nil
}
