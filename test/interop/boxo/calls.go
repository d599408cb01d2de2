package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/ipfs/boxo/blockservice"
	blocks "github.com/ipfs/go-block-format"
	"github.com/ipfs/go-cid"
	libp2ppeer "github.com/libp2p/go-libp2p/core/peer"
	_ "github.com/multiformats/go-multihash/register/all"
)

func (p *peer) calls() map[string]call {
	return map[string]call{
		"put": p.put, "get": p.get, "getMany": p.getMany, "has": p.has,
		"connect": p.connect, "disconnect": p.disconnect, "peers": p.peers,
		"wantlist": p.wantlist, "ledger": p.ledger, "stat": p.stat,
		"hold": p.hold, "fetch": p.fetch, "oneByOne": p.oneByOne, "cpu": p.cpu,
	}
}

type sentBlock struct {
	Cid  string `json:"cid"`
	Data []byte `json:"data"`
}

func (p *peer) put(ctx context.Context, in asked, _ func(any)) (any, error) {
	prefix := cid.Prefix{Version: in.Version, Codec: in.Codec, MhType: in.Hash, MhLength: -1}
	cids := []string{}
	for _, data := range in.Data {
		c, err := prefix.Sum(data)
		if err != nil {
			return nil, err
		}
		block, err := blocks.NewBlockWithCid(data, c)
		if err != nil {
			return nil, err
		}
		if err := p.blocks.AddBlock(ctx, block); err != nil {
			return nil, err
		}
		cids = append(cids, c.String())
	}
	return cids, nil
}

func (p *peer) get(ctx context.Context, in asked, _ func(any)) (any, error) {
	wanted, err := parse(in.Cids)
	if err != nil || len(wanted) != 1 {
		return nil, errors.Join(err, fmt.Errorf("%d CIDs to get", len(wanted)))
	}
	block, err := p.blocks.GetBlock(ctx, wanted[0])
	if err != nil {
		return nil, err
	}
	return bytesOf(block), nil
}

// bytesOf spares the other end a null for the block of no bytes.
func bytesOf(block blocks.Block) []byte {
	if data := block.RawData(); data != nil {
		return data
	}
	return []byte{}
}

// getMany asks for all in one request, or block by block with some workers; each block is a part of the answer.
func (p *peer) getMany(ctx context.Context, in asked, part func(any)) (any, error) {
	wanted, err := parse(in.Cids)
	if err != nil {
		return nil, err
	}
	count, err := p.each(ctx, wanted, in.Workers, func(block blocks.Block) {
		part(sentBlock{Cid: block.Cid().String(), Data: bytesOf(block)})
	})
	return map[string]int{"blocks": count}, err
}

// each hands out every block of a fresh session; no workers means one request for all.
func (p *peer) each(ctx context.Context, wanted []cid.Cid, workers int, take func(blocks.Block)) (int, error) {
	session := blockservice.NewSession(ctx, p.blocks)
	count := 0
	if workers == 0 {
		for block := range session.GetBlocks(ctx, wanted) {
			take(block)
			count++
		}
		if count != len(wanted) {
			return count, errors.Join(ctx.Err(), fmt.Errorf("%d blocks of %d came", count, len(wanted)))
		}
		return count, nil
	}
	var lock sync.Mutex
	var failures error
	var group sync.WaitGroup
	queue := make(chan cid.Cid)
	for range workers {
		group.Go(func() {
			for c := range queue {
				block, err := session.GetBlock(ctx, c)
				lock.Lock()
				if err != nil {
					failures = errors.Join(failures, err)
				} else {
					take(block)
					count++
				}
				lock.Unlock()
			}
		})
	}
	for _, c := range wanted {
		queue <- c
	}
	close(queue)
	group.Wait()
	return count, failures
}

// has tells which blocks are in the store, without asking anybody.
func (p *peer) has(ctx context.Context, in asked, _ func(any)) (any, error) {
	wanted, err := parse(in.Cids)
	if err != nil {
		return nil, err
	}
	found := []bool{}
	for _, c := range wanted {
		here, err := p.store.Has(ctx, c)
		if err != nil {
			return nil, err
		}
		found = append(found, here)
	}
	return found, nil
}

func (p *peer) connect(ctx context.Context, in asked, _ func(any)) (any, error) {
	info, err := libp2ppeer.AddrInfoFromString(in.Address)
	if err != nil {
		return nil, err
	}
	return nil, p.host.Connect(ctx, *info)
}

func (p *peer) disconnect(_ context.Context, in asked, _ func(any)) (any, error) {
	id, err := libp2ppeer.Decode(in.Peer)
	if err != nil {
		return nil, err
	}
	return nil, p.host.Network().ClosePeer(id)
}

// peers are those connected whose bitswap is known; identify tells some time after the connection is there.
func (p *peer) peers(context.Context, asked, func(any)) (any, error) {
	found := []string{}
	for _, id := range p.host.Network().Peers() {
		spoken, err := p.host.Peerstore().SupportsProtocols(id, p.protocols...)
		if err == nil && len(spoken) > 0 {
			found = append(found, id.String())
		}
	}
	return found, nil
}

func (p *peer) wantlist(_ context.Context, in asked, _ func(any)) (any, error) {
	id, err := libp2ppeer.Decode(in.Peer)
	if err != nil {
		return nil, err
	}
	found := []string{}
	for _, c := range p.exchange.WantlistForPeer(id) {
		found = append(found, c.String())
	}
	return found, nil
}

func (p *peer) ledger(_ context.Context, in asked, _ func(any)) (any, error) {
	id, err := libp2ppeer.Decode(in.Peer)
	if err != nil {
		return nil, err
	}
	receipt := p.exchange.LedgerForPeer(id)
	if receipt == nil {
		return nil, nil
	}
	return map[string]uint64{
		"bytesSent": receipt.Sent, "bytesReceived": receipt.Recv, "exchanges": receipt.Exchanged,
	}, nil
}

func (p *peer) stat(context.Context, asked, func(any)) (any, error) {
	found, err := p.exchange.Stat()
	if err != nil {
		return nil, err
	}
	return map[string]uint64{
		"blocksSent": found.BlocksSent, "blocksReceived": found.BlocksReceived,
		"duplicates": found.DupBlksReceived, "messagesReceived": found.MessagesReceived,
	}, nil
}

func parse(texts []string) ([]cid.Cid, error) {
	found := make([]cid.Cid, 0, len(texts))
	for _, text := range texts {
		c, err := cid.Decode(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
		found = append(found, c)
	}
	return found, nil
}
