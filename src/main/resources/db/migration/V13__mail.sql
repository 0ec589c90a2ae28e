-- Letters that have to be written and sent, as db-scheduler keeps them. There is no letter in it, and no secret: what a
-- letter says is found out when it is sent.

CREATE TABLE mail_orders (
    task_name            text        NOT NULL,
    task_instance        text        NOT NULL,
    task_data            bytea,
    execution_time       timestamptz,
    picked               boolean     NOT NULL,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    version              bigint      NOT NULL,
    priority             smallint,
    PRIMARY KEY (task_name, task_instance)
);

CREATE INDEX mail_orders_by_time ON mail_orders (execution_time);
CREATE INDEX mail_orders_by_heartbeat ON mail_orders (last_heartbeat);
