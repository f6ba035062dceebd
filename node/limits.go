package node

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/tierledger/tierledger/node/api"
)

// TLS names the files with which the node's API serves TLS by itself: a certificate, with
// those of its issuers after it, and its key, both PEM. They are read again when they
// change. Clients may log in by a certificate of a registered key, whoever issued it.
// Without the files the API serves plain HTTP.
type TLS struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

// Limits are how many requests the API answers in a second, and at once after a pause.
// A rate of 0 is no limit.
type Limits struct {
	// For each source address: requests that need no login, and those whose login fails.
	OpenPerSecond int `yaml:"openPerSecond"`
	OpenBurst     int `yaml:"openBurst"`
	// For each member: requests with a login.
	MemberPerSecond int `yaml:"memberPerSecond"`
	MemberBurst     int `yaml:"memberBurst"`
	// Proxies are the addresses of proxies before the node, as in 10.0.0.5/32: they are
	// believed for whom they ask (X-Forwarded-For). Without them, all who come through a
	// proxy count as one address.
	Proxies []string `yaml:"proxies"`
}

// defaultLimits bear a busy office behind one address, and a member's programs.
func defaultLimits() Limits {
	return Limits{OpenPerSecond: 50, OpenBurst: 200, MemberPerSecond: 200, MemberBurst: 1000}
}

func (t TLS) check() error {
	if (t.Cert == "") != (t.Key == "") {
		return errors.New("field tls: cert and key are given together")
	}
	return nil
}

// forAPI are the limits as the API takes them.
func (l Limits) forAPI() (api.Limits, error) {
	out := api.Limits{
		OpenPerSecond: l.OpenPerSecond, OpenBurst: l.OpenBurst, MemberPerSecond: l.MemberPerSecond, MemberBurst: l.MemberBurst,
	}
	for name, pair := range map[string][2]int{"open": {l.OpenPerSecond, l.OpenBurst}, "member": {l.MemberPerSecond, l.MemberBurst}} {
		if pair[0] < 0 || pair[0] > 0 && pair[1] < 1 {
			return out, fmt.Errorf("field limits: %s requests: %d a second, %d at once", name, pair[0], pair[1])
		}
	}
	for _, text := range l.Proxies {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return out, fmt.Errorf("field limits: proxies: %.80q is not like 10.0.0.5/32", text)
		}
		out.Proxies = append(out.Proxies, p)
	}
	return out, nil
}
