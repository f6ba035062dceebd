package command

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/big"

	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/node/reconcile"
)

// storyAccount is every party's word for its one bank account.
const storyAccount = "main"

// accounts registers a bank account of everybody who will pay or be paid: proposed
// by a maker, approved by a checker, confirmed by the account's bank.
func (s *story) accounts(ctx context.Context) error {
	var owners []string
	for _, c := range cast() {
		owners = append(owners, c.Alias)
	}
	for _, b := range s.devnet.Banks()[:4] {
		owners = append(owners, b.Alias)
	}
	err := each(ctx, owners, func(ctx context.Context, _ int, alias string) error { return s.account(ctx, alias) })
	if err != nil {
		return err
	}
	s.say("everybody registers a bank account: proposed, approved, and confirmed by its bank; the number stays sealed")
	return nil
}

// account registers one. A bank keeps its own account itself.
func (s *story) account(ctx context.Context, alias string) error {
	owner, bank := s.id(alias), s.members[alias].bank
	if bank == "" {
		owner, bank = s.bankID(alias), alias
	}
	name := "account of " + alias
	in := member.ProposeAccountArgument{ID: storyAccount, Bank: s.bankID(bank)}
	if s.journal.get(name+": propose").Result == nil {
		if err := s.seal(&in, owner, alias, bank); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := s.together(ctx, name, alias+"/maker", alias+"/checker", "member:ProposeAccount", in, nil); err != nil {
		return err
	}
	return s.send(ctx, name+": confirm", bank+"/maker", "member:ConfirmAccount", member.AccountArgument{Member: owner, Account: in.ID}, nil)
}

// seal seals a made-up account number to its owner and its bank.
func (s *story) seal(in *member.ProposeAccountArgument, owner, alias, bank string) error {
	text, err := reconcile.BankAccount{Number: accountNumber(owner), Name: s.name(alias)}.Text()
	if err != nil {
		return err
	}
	var recipients []envelope.PublicKey
	for _, who := range []string{alias, bank} {
		key, err := s.devnet.Encryption(who)
		if err != nil {
			return err
		}
		if len(recipients) == 0 || recipients[0].ID() != key.Public().ID() {
			recipients = append(recipients, key.Public())
		}
	}
	commitment, sealed, err := envelope.SealCommitted(text, reconcile.AccountContext(owner, in.ID), recipients)
	in.Commitment, in.Sealed = record.Digest(commitment), sealed
	return err
}

// accountNumber is a made-up number of 19 digits.
func accountNumber(owner string) string {
	sum := sha256.Sum256([]byte("account of " + owner))
	digits := new(big.Int).Mod(new(big.Int).SetBytes(sum[:]), big.NewInt(1e11))
	return fmt.Sprintf("62220200%011d", digits)
}
