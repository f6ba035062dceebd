package command

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/registration"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/network/devnet"
	"github.com/tierledger/tierledger/node/client"
)

// What the story finances, and a posted rate's bounds, in fen and days.
const (
	storySealed   money.Fen = 120_000_00
	storyPosted   money.Fen = 150_000_00
	storySmallest money.Fen = 10_000_00
	storyLargest  money.Fen = 500_000_00
	storyVolume   money.Fen = 5_000_000_00
	storyRateDays           = 180
)

// bid is what a bank of the story asks for its money. The cheaper rate is not the
// cheaper quote: the fees decide.
type bid struct {
	bank string // alias
	rate money.Rate
	fee  money.Fen
}

func bids() []bid {
	return []bid{{"bank2", 2_8500, 260_00}, {"bank3", 3_0500, 60_00}}
}

// terms are a bid's on a day, zero for a posted rate.
func (b bid) terms(day calendar.Date) record.Terms {
	return record.Terms{
		Kind: record.SaleWithoutRecourse, Rate: b.rate, Basis: money.Basis360, Interest: record.InterestPrepaid,
		Advance: financing.Whole, Fee: b.fee, SupplierInterest: financing.Whole, SupplierFee: financing.Whole,
		ValueDate: day, Contract: sha256.Sum256([]byte("financing contract of " + b.bank)),
	}
}

// finance turns two suppliers' fen into cash: the last one's by sealed quotes of two
// banks, the second one's at a posted rate.
func (s *story) finance(ctx context.Context, issued string) error {
	if err := s.sealed(ctx, issued); err != nil {
		return err
	}
	return s.posted(ctx, issued)
}

// sealed asks for quotes, compares them, takes the best and is paid.
func (s *story) sealed(ctx context.Context, issued string) error {
	asked, err := s.request(ctx, issued)
	if err != nil {
		return err
	}
	s.asked = asked.ID
	s.say("%s asks every bank to quote for ¥%s, sealed to a key of its own", s.name("supplier3"), storySealed.Human())
	err = each(ctx, bids(), func(ctx context.Context, _ int, b bid) error { return s.bid(ctx, b) })
	if err != nil {
		return err
	}
	for _, b := range bids() {
		s.say("%s quotes: nobody but %s can read it", s.name(b.bank), s.name("supplier3"))
	}
	agreed, err := s.choose(ctx)
	if err != nil {
		return err
	}
	s.say("%s opens both and takes %s's: ¥%s, all-in %s %% a year",
		s.name("supplier3"), s.memberName(agreed.Funder), agreed.Cost.Net.Human(), agreed.Cost.AllIn)
	return s.payOut(ctx, "the sealed quote", agreed, "supplier3")
}

// request locks the fen and asks. The key for the replies is on disk before the
// request is signed.
func (s *story) request(ctx context.Context, issued string) (financing.RequestResult, error) {
	const name, life = "request quotes", 24 * 60 * 60 * 1000
	var asked financing.RequestResult
	var in financing.RequestArgument
	if s.journal.get(name).Result == nil {
		legs, now, err := s.unlocked(ctx, "supplier3", issued, storySealed)
		if err != nil {
			return asked, err
		}
		key, err := s.replies.make()
		if err != nil {
			return asked, fmt.Errorf("keep the key for the quotes: %w", err)
		}
		in = financing.RequestArgument{Legs: legs, Account: storyAccount, QuotesUntil: now + life, ReplyKey: key.Bytes()}
	}
	return asked, s.send(ctx, name, "supplier3/maker", "financing:Request", in, &asked)
}

// unlocked are the lowest fen of a supplier's that no lock rests on, and the time of
// the ledger.
func (s *story) unlocked(ctx context.Context, alias, issued string, amount money.Fen) ([]record.Leg, calendar.Instant, error) {
	holding, err := s.holding(ctx, alias, issued)
	if err != nil {
		return nil, 0, err
	}
	legs, err := takeLow([]record.Holding{holding}, amount)
	if err != nil {
		return nil, 0, err
	}
	now, err := s.now(ctx, alias)
	return legs, now, err
}

func (s *story) now(ctx context.Context, alias string) (calendar.Instant, error) {
	session, err := s.open(alias + "/maker")
	if err != nil {
		return 0, err
	}
	return session.lastBlock(ctx)
}

// ask reads the request of sealed quotes as its holder sees it.
func (s *story) ask(ctx context.Context) (*session, *client.Financing, error) {
	session, err := s.open("supplier3/maker")
	if err != nil {
		return nil, nil, err
	}
	f, err := session.Financing(ctx, s.asked)
	return session, f, err
}

// bid seals one bank's quote.
func (s *story) bid(ctx context.Context, b bid) error {
	name := b.bank + " quotes"
	var in financing.QuoteArgument
	if s.journal.get(name).Result == nil {
		_, f, err := s.ask(ctx)
		if err != nil {
			return err
		}
		in, err = sealQuote(s.devnet.Genesis.Network, &f.Financing, s.bankID(b.bank), b.terms(s.today))
		if err != nil {
			return err
		}
		in.Account, in.Expires = storyAccount, f.QuotesUntil
	}
	return s.send(ctx, name, b.bank+"/maker", "financing:Quote", in, nil)
}

// choose takes the quote that compares best.
func (s *story) choose(ctx context.Context) (financing.AgreedResult, error) {
	const name = "choose a quote"
	var agreed financing.AgreedResult
	var in financing.SelectArgument
	if s.journal.get(name).Result == nil {
		if err := s.devnet.CatchUp(ctx); err != nil {
			return agreed, err
		}
		list, err := s.comparison(ctx)
		if err != nil {
			return agreed, err
		}
		if len(list) != len(bids()) {
			return agreed, fmt.Errorf("%s: %d quotes for financing %s, not %d", name, len(list), s.asked, len(bids()))
		}
		best, err := choose(list, list[0].Bank, s.asked)
		if err != nil {
			return agreed, fmt.Errorf("%s: %w", name, err)
		}
		in = financing.SelectArgument{ID: s.asked, Bank: best.Bank, Salt: best.salt, Terms: best.Terms, Net: best.Cost.Net}
	}
	return agreed, s.send(ctx, name, "supplier3/maker", "financing:Select", in, &agreed)
}

// comparison opens the sealed quotes as their holder.
func (s *story) comparison(ctx context.Context) ([]comparison, error) {
	session, f, err := s.ask(ctx)
	if err != nil {
		return nil, err
	}
	return session.compare(ctx, f, s.replies)
}

// posted has a bank post a rate and a supplier take it.
func (s *story) posted(ctx context.Context, issued string) error {
	const rate, name = "R1", "take a rate"
	b := bid{"bank1", 2_9000, 80_00}
	err := s.send(ctx, "post a rate", b.bank+"/maker", "financing:PostRate", financing.RateArgument{
		ID: rate, Debtor: s.id("core"), MaxDays: storyRateDays, Min: storySmallest, Max: storyLargest, Volume: storyVolume,
		Terms: b.terms(0), Account: storyAccount, From: s.today, Until: s.today.AddMonths(1),
	}, nil)
	if err != nil {
		return err
	}
	s.say("%s posts a rate for what %s owes: %s %% a year, for whoever takes it", s.name(b.bank), s.name("core"), b.rate)
	var in financing.TakeRateArgument
	if s.journal.get(name).Result == nil {
		if in, err = s.takeRate(ctx, issued, s.bankID(b.bank), rate); err != nil {
			return err
		}
	}
	var agreed financing.AgreedResult
	if err := s.send(ctx, name, "supplier2/maker", "financing:TakeRate", in, &agreed); err != nil {
		return err
	}
	s.taken = agreed.ID
	s.say("%s takes it for ¥%s: ¥%s, all-in %s %% a year", s.name("supplier2"), storyPosted.Human(), agreed.Cost.Net.Human(), agreed.Cost.AllIn)
	return s.payOut(ctx, "the posted rate", agreed, "supplier2")
}

// takeRate works out what the rate pays, as its taker sees it.
func (s *story) takeRate(ctx context.Context, issued, bank, rate string) (financing.TakeRateArgument, error) {
	in := financing.TakeRateArgument{Bank: bank, Rate: rate, Account: storyAccount}
	if err := s.devnet.CatchUp(ctx); err != nil {
		return in, err
	}
	session, err := s.open("supplier2/maker")
	if err != nil {
		return in, err
	}
	legs, _, err := s.unlocked(ctx, "supplier2", issued, storyPosted)
	if err != nil {
		return in, err
	}
	stakes, err := session.stakes(ctx, legs)
	if err != nil {
		return in, err
	}
	found, err := session.offer(ctx, stakes, bank, rate)
	if err != nil {
		return in, err
	}
	in.Terms, in.Legs, in.Net = found.posted(), legs, found.Cost.Net
	return in, nil
}

// payOut takes a financing that was agreed to its end: its bank searches the
// registry, registers and pays, and the supplier's bank says that the money is there.
func (s *story) payOut(ctx context.Context, name string, agreed financing.AgreedResult, supplier string) error {
	funder := s.alias(agreed.Funder)
	for _, kind := range []record.RegistrationKind{record.RegistrationSearch, record.RegistrationInitial} {
		if err := s.register(ctx, name, agreed.ID, funder, kind); err != nil {
			return err
		}
	}
	s.say("%s searches the registry of movable finance and registers", s.name(funder))
	err := s.send(ctx, name+": instruct", funder+"/maker", "settlement:Instruct", settlement.Argument{ID: agreed.ID}, nil)
	if err != nil {
		return err
	}
	s.say("%s instructs the payment: from here on nobody can go back", s.name(funder))
	bank := s.members[supplier].bank
	var advice settlement.AdviceArgument
	if s.journal.get(name+": advise").Result == nil {
		if advice, err = s.advice(ctx, agreed.ID, supplier); err != nil {
			return err
		}
	}
	if err := s.send(ctx, name+": advise", bank+"/maker", "settlement:Advise", advice, nil); err != nil {
		return err
	}
	s.say("%s sees ¥%s on %s's account: the fen are %s's", s.name(bank), agreed.Cost.Net.Human(), s.name(supplier), s.name(funder))
	return nil
}

// register records one entry of the registry.
func (s *story) register(ctx context.Context, name, id, funder string, kind record.RegistrationKind) error {
	step := fmt.Sprintf("%s: %s", name, kind)
	proof := sha256.Sum256([]byte(step + " " + id))
	var in registration.Argument
	if s.journal.get(step).Result == nil {
		now, err := s.now(ctx, funder)
		if err != nil {
			return err
		}
		in = registration.Argument{
			Financing: id, Kind: kind, Entered: now, Proof: proof,
			Number: fmt.Sprintf("%020d", binary.BigEndian.Uint64(proof[:8])), // made up
		}
		if kind == record.RegistrationInitial {
			in.Until = s.today.AddMonths(12)
		}
	}
	return s.send(ctx, step, funder+"/maker", "registration:Record", in, nil)
}

// advice is what the supplier's bank saw, as the supplier's session reads the
// settlement.
func (s *story) advice(ctx context.Context, id, supplier string) (settlement.AdviceArgument, error) {
	session, err := s.open(supplier + "/maker")
	if err != nil {
		return settlement.AdviceArgument{}, err
	}
	if err := s.devnet.CatchUp(ctx); err != nil {
		return settlement.AdviceArgument{}, err
	}
	one, err := session.Settlement(ctx, id)
	if err != nil {
		return settlement.AdviceArgument{}, err
	}
	now, err := session.lastBlock(ctx)
	return adviceOf(one, "CR-"+id[:8], now), err
}

// alias is the devnet's word for a bank's member id.
func (s *story) alias(bank string) string {
	banks := s.devnet.Banks()
	if i := slices.IndexFunc(banks, func(m devnet.Member) bool { return m.ID == bank }); i >= 0 {
		return banks[i].Alias
	}
	return bank
}

func (s *story) memberName(bank string) string { return s.name(s.alias(bank)) }

// showFinancings compares what the banks of the sealed quotes asked, and lists what
// was financed.
func (s *story) showFinancings(ctx context.Context, w io.Writer) error {
	list, err := s.comparison(ctx)
	if err != nil {
		return err
	}
	reader, err := s.open(defaultReader)
	if err != nil {
		return err
	}
	names := reader.names(ctx)
	fmt.Fprintf(w, "\nquotes for ¥%s of %s, opened with its key\n", storySealed.Human(), s.name("supplier3"))
	writeComparison(w, list, names)
	fmt.Fprintln(w)
	t := columns("FINANCED FOR", "BY", ">AMOUNT", ">NET", ">ALL-IN %", "PAYMENT", "REGISTERED AS")
	for _, id := range []string{s.asked, s.taken} {
		f, err := reader.Financing(ctx, id)
		if err != nil {
			return err
		}
		t.add(names(f.Holder), names(f.Funder), f.Amount.Human(), f.Cost.Net.Human(), f.Cost.AllIn.String(), f.Settlement.State.String(), f.Registered)
	}
	t.write(w, "")
	return nil
}
