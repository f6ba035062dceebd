package approval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// officers speak for a member towards others.
const officers = record.Maker | record.Checker

// standing are the earlier approvals that still count: the credential stands and
// its member is active. What was signed with a key revoked since does not count.
func standing(w *world.World, p *record.Proposal) ([]world.Person, error) {
	var votes []world.Person
	for _, a := range p.Approvals {
		person, err := member.Authenticate(w, a.Key)
		if err == nil {
			_, err = member.GetActive(w, person.Member, 0)
		}
		switch {
		case err == nil:
			votes = append(votes, person)
		case code.Of(err) == nil:
			return nil, err
		}
	}
	return votes, nil
}

// mayApprove says whether the approver's signature counts besides the votes.
func mayApprove(w *world.World, p *record.Proposal, votes []world.Person, approver world.Person) error {
	if samePerson(p.Maker, approver) {
		return code.SamePerson.New("%s made proposal %s", approver.Person, p.ID)
	}
	for _, v := range votes {
		if v.Member == approver.Member {
			return code.AlreadyApproved.New("member %s has approved proposal %s", v.Member, p.ID)
		}
	}
	switch p.Quorum {
	case record.QuorumChecker:
		return party(p.Member, record.Checker, approver)
	case record.QuorumAdmins:
		if approver.Member == p.Member {
			return party(p.Member, record.Admin, approver)
		}
		m, err := member.Get(w, p.Member)
		if err != nil {
			return err
		}
		return party(m.Sponsor, officers, approver)
	case record.QuorumCounterparty:
		return party(p.Counterparty, officers, approver)
	case record.QuorumInstitution:
		if approver.Member == p.Member {
			return code.QuorumMissing.New("another institution than %s must approve", p.Member)
		}
		m, err := member.Get(w, approver.Member)
		if err != nil {
			return err
		}
		if !m.Roles.Any(member.Institutions) {
			return code.QuorumMissing.New("member %s is no bank, operator or auditor", m.ID)
		}
		return party(m.ID, officers, approver)
	case record.QuorumBanks:
		return mayVote(w, p, votes, approver)
	}
	panic(fmt.Sprintf("proposal %s has quorum %d", p.ID, p.Quorum))
}

// party accepts a person of one member with one of the roles.
func party(id string, roles record.PersonRoles, approver world.Person) error {
	if approver.Member != id {
		return code.QuorumMissing.New("the approval of member %s counts, not of %s", id, approver.Member)
	}
	if approver.Roles&roles == 0 {
		return code.RoleMissing.New("person %s is not %s", approver.Person, strings.Join(roles.Names(), " or "))
	}
	return nil
}

// samePerson compares keys, and the pseudonym within one member.
func samePerson(a record.Approval, p world.Person) bool {
	return a.Key == p.Key || a.Member == p.Member && a.Person == p.Person
}

// mayVote accepts an officer of a bank with an active validator. The maker's bank
// has voted by proposing; another person there signs only where no other bank is
// needed.
func mayVote(w *world.World, p *record.Proposal, votes []world.Person, approver world.Person) error {
	banks, err := activeBanks(w)
	if err != nil {
		return err
	}
	if !slices.Contains(banks, approver.Member) {
		return code.QuorumMissing.New("member %s has no active validator", approver.Member)
	}
	if approver.Member == p.Member && !TwoThirds(count(banks, p, votes), len(banks)) {
		return code.AlreadyApproved.New("bank %s approved by proposing", p.Member)
	}
	return party(approver.Member, officers, approver)
}

// TwoThirds reports whether votes are more than two thirds of all.
func TwoThirds(votes, all int) bool { return 3*votes > 2*all }

// count is how many active banks have voted, the maker's included.
func count(banks []string, p *record.Proposal, votes []world.Person) int {
	n := 0
	for _, b := range banks {
		if b == p.Member || slices.ContainsFunc(votes, func(v world.Person) bool { return v.Member == b }) {
			n++
		}
	}
	return n
}

// isMet reports whether the votes, of which the last is new, decide.
func isMet(w *world.World, p *record.Proposal, votes []world.Person) (bool, error) {
	if p.Quorum != record.QuorumBanks {
		return len(votes) > 0, nil
	}
	banks, err := activeBanks(w)
	return err == nil && TwoThirds(count(banks, p, votes), len(banks)), err
}

func activeBanks(w *world.World) ([]string, error) {
	list, err := member.Validators(w)
	if err != nil {
		return nil, err
	}
	var banks []string
	for _, v := range list {
		if v.Active {
			banks = append(banks, v.Bank)
		}
	}
	return banks, nil
}

// asks lists the members in whose worklists the proposal stands. For another
// institution these are the validators' banks, though operators and auditors may
// approve too.
func asks(w *world.World, p *record.Proposal) ([]string, error) {
	switch p.Quorum {
	case record.QuorumChecker:
		return []string{p.Member}, nil
	case record.QuorumAdmins:
		m, err := member.Get(w, p.Member)
		if err != nil {
			return nil, err
		}
		if m.Sponsor == "" {
			return []string{p.Member}, nil
		}
		return []string{p.Member, m.Sponsor}, nil
	case record.QuorumCounterparty:
		return []string{p.Counterparty}, nil
	}
	list, err := member.Validators(w)
	if err != nil {
		return nil, err
	}
	var banks []string
	for _, v := range list {
		// A closing notice also reaches a bank whose validator was removed meanwhile.
		if v.Bank != p.Member && (v.Active || p.State != record.ProposalOpen) {
			banks = append(banks, v.Bank)
		}
	}
	if len(banks) == 0 {
		banks = []string{p.Member}
	}
	return banks, nil
}

// concerned is the member and those asked, each once.
func concerned(m string, asked []string) []string {
	if slices.Contains(asked, m) {
		return asked
	}
	return append([]string{m}, asked...)
}
