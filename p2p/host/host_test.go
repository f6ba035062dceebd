package host

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"io"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
)

// patience turns a hang into a failure; it measures nothing.
const patience = 30 * time.Second

func newHost(t *testing.T, members *Membership) *Host {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	h, err := New(Config{Key: key, Membership: members})
	must(t, err)
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func connect(from, to *Host) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return from.Connect(ctx, peer.AddrInfo{ID: to.ID(), Addrs: to.Addrs()})
}

// speak opens a stream and reads one answer: a dial over QUIC succeeds for the dialler
// before the other side has decided.
func speak(from, to *Host) error {
	if err := connect(from, to); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, err := from.NewStream(ctx, to.ID(), "/test/hello")
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if _, err := s.Write([]byte("?")); err != nil {
		return err
	}
	_, err = io.ReadFull(s, make([]byte, 5))
	return err
}

func answers(h *Host) {
	h.SetStreamHandler("/test/hello", func(s network.Stream) {
		_, _ = s.Write([]byte("hello"))
		_ = s.Close()
	})
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestStrangerIsRefusedBothWays(t *testing.T) {
	bank := newHost(t, NewMembership())
	answers(bank)
	stranger := newHost(t, NewMembership(bank.ID()))
	answers(stranger)

	if err := speak(stranger, bank); err == nil {
		t.Error("a stranger speaks with a bank")
	}
	eventually(t, "the inbound stranger is counted", func() bool { return bank.Membership().Refused().Inbound > 0 })
	if err := connect(bank, stranger); err == nil {
		t.Error("a bank dials a stranger")
	}
	if bank.Membership().Refused().Outbound == 0 {
		t.Error("the outbound stranger is not counted")
	}
	if n := len(bank.Network().Conns()); n != 0 {
		t.Errorf("the bank has %d connections", n)
	}
}

func TestMemberComesAndGoes(t *testing.T) {
	one, two := NewMembership(), NewMembership()
	a, b := newHost(t, one), newHost(t, two)
	answers(a)
	answers(b)
	both := []peer.ID{a.ID(), b.ID()}
	one.Set(both)
	two.Set(both)
	must(t, speak(a, b))
	must(t, speak(b, a))

	one.Set([]peer.ID{a.ID()}) // a removes b; b has not heard of it
	eventually(t, "the removed member is dropped", func() bool {
		return len(a.Network().ConnsToPeer(b.ID())) == 0 && len(b.Network().ConnsToPeer(a.ID())) == 0
	})
	if err := speak(b, a); err == nil {
		t.Error("the removed member returns")
	}
	if err := connect(a, b); err == nil {
		t.Error("the removed member is dialled")
	}

	one.Set(both)
	must(t, speak(a, b))
}

// More nodes than libp2p's own limit of connections from one address.
func TestManyNodesOnOneAddress(t *testing.T) {
	members := NewMembership()
	centre := newHost(t, members)
	answers(centre)
	ids := []peer.ID{centre.ID()}
	var others []*Host
	for range 12 {
		h := newHost(t, members)
		others = append(others, h)
		ids = append(ids, h.ID())
	}
	members.Set(ids)
	for _, h := range others {
		must(t, speak(h, centre))
	}
	if n := len(centre.Network().Peers()); n != len(others) {
		t.Errorf("%d of %d peers are connected", n, len(others))
	}
}

// Set while connections are being made: in the end no connection is left with a stranger.
func TestSetDuringConnect(t *testing.T) {
	members := NewMembership()
	a := newHost(t, members)
	b := newHost(t, NewMembership(a.ID()))
	for range 20 {
		members.Set([]peer.ID{b.ID()})
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = connect(b, a)
		}()
		members.Set(nil)
		<-done
		eventually(t, "no connection is left", func() bool { return len(a.Network().Conns()) == 0 })
	}
}

func TestNewRefuses(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	for name, config := range map[string]Config{
		"no membership": {Key: key},
		"no key":        {Membership: NewMembership()},
		"half a key":    {Key: key[:32], Membership: NewMembership()},
		"no port":       {Key: key, Membership: NewMembership(), Listen: "127.0.0.1"},
		"a name":        {Key: key, Membership: NewMembership(), Listen: "localhost:1"},
		"IPv6":          {Key: key, Membership: NewMembership(), Listen: "[::1]:0"},
	} {
		if h, err := New(config); err == nil {
			_ = h.Close()
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestAddrNamesTheBoundPort(t *testing.T) {
	a := newHost(t, NewMembership())
	addr, err := a.Addr()
	must(t, err)
	if want := a.ID().String() + "@127.0.0.1:"; len(addr) <= len(want) || addr[:len(want)] != want {
		t.Errorf("address is %q", addr)
	}
	must(t, a.Close())
	if _, err := a.Addr(); err == nil {
		t.Error("a closed host has an address")
	}
}
