-- Deliveries wait in lanes, take fair turns, and may be told together; no code before this needs the columns.
-- depends: 0004.scanners

ALTER TABLE alerts
    ADD COLUMN decided    integer NOT NULL DEFAULT 0,    -- watches decided so far
    ADD COLUMN held_until timestamptz;                   -- told together with others of its wallet then; NULL: at once

ALTER TABLE deliveries
    ADD COLUMN lane    smallint NOT NULL DEFAULT 2,      -- 1 urgent, 2 normal, 3 bulk: domain/rules/lanes.py
    ADD COLUMN turn_at timestamptz NOT NULL DEFAULT now(), -- its place in the lane: a large fan-out lets small ones in
    ADD COLUMN held    boolean NOT NULL DEFAULT false,   -- due later only to be told with others; holds up nobody
    ADD COLUMN alone   boolean NOT NULL DEFAULT false;   -- Telegram refused it among others; it goes by itself

CREATE INDEX deliveries_by_turn ON deliveries (lane, turn_at, delivery_id) WHERE state IN ('pending', 'retry');
CREATE INDEX deliveries_open_by_lane ON deliveries (chat_id, lane, delivery_id)
    WHERE state IN ('pending', 'retry', 'sending');
DROP INDEX deliveries_open_by_chat;
