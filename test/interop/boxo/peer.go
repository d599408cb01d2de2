package main

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/ipfs/boxo/bitswap"
	"github.com/ipfs/boxo/bitswap/network/bsnet"
	"github.com/ipfs/boxo/blockservice"
	"github.com/ipfs/boxo/blockstore"
	"github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"
	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2ptls "github.com/libp2p/go-libp2p/p2p/security/tls"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	"github.com/libp2p/go-libp2p/p2p/transport/websocket"
)

type settings struct {
	encryption string
	transport  string
	key        string
	protocols  []string
}

var everyProtocol = []string{
	"/ipfs/bitswap/1.2.0", "/ipfs/bitswap/1.1.0", "/ipfs/bitswap/1.0.0", "/ipfs/bitswap",
}

// peer is a whole Boxo: host, exchange, and the block service that applications use it through.
type peer struct {
	host      host.Host
	exchange  *bitswap.Bitswap
	store     blockstore.Blockstore
	blocks    blockservice.BlockService
	protocols []protocol.ID
	shared    sharedSession
}

func startPeer(o settings) (*peer, error) {
	options, err := hostOptions(o)
	if err != nil {
		return nil, err
	}
	h, err := libp2p.New(options...)
	if err != nil {
		return nil, err
	}
	spoken := o.protocols
	if len(spoken) == 0 {
		spoken = everyProtocol
	}
	p := &peer{host: h, protocols: protocol.ConvertFromStrings(spoken)}
	plain := blockstore.NewBlockstore(dssync.MutexWrap(datastore.NewMapDatastore()))
	p.store = blockstore.NewIdStore(plain)
	net := bsnet.NewFromIpfsHost(h, bsnet.SupportedProtocols(p.protocols))
	p.exchange = bitswap.New(context.Background(), net, nil, p.store)
	p.blocks = blockservice.New(p.store, p.exchange)
	return p, nil
}

// hostOptions leaves out whatever looks for other peers, and has no limits on resources: those of the tests apply.
func hostOptions(o settings) ([]libp2p.Option, error) {
	kind, bits := crypto.Ed25519, 0
	if o.key == "rsa" {
		kind, bits = crypto.RSA, 2048
	}
	key, _, err := crypto.GenerateKeyPairWithReader(kind, bits, rand.Reader)
	if err != nil {
		return nil, err
	}
	options := []libp2p.Option{
		libp2p.Identity(key),
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
	}
	if o.encryption != "noise" {
		options = append(options, libp2p.Security(libp2ptls.ID, libp2ptls.New))
	}
	if o.encryption != "tls" {
		options = append(options, libp2p.Security(noise.ID, noise.New))
	}
	switch o.transport {
	case "tcp":
		options = append(options, libp2p.Transport(tcp.NewTCPTransport), libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0"))
	case "ws":
		options = append(options, libp2p.Transport(websocket.New), libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0/ws"))
	default:
		return nil, fmt.Errorf("unknown transport %q", o.transport)
	}
	return options, nil
}

func (p *peer) about() any {
	addresses := []string{}
	for _, address := range p.host.Addrs() {
		addresses = append(addresses, fmt.Sprintf("%s/p2p/%s", address, p.host.ID()))
	}
	return map[string]any{"id": p.host.ID().String(), "addresses": addresses}
}

func (p *peer) stop() {
	p.exchange.Close()
	p.host.Close()
}
