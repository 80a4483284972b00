-- 011_admin.sql - what administrators have done

-- Written in the transaction of what was done; who and object may be gone.
CREATE TABLE audit (
	id		bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at		timestamptz NOT NULL DEFAULT now(),
	who		text NOT NULL,
	what		text NOT NULL,		-- user.created
	object		text NOT NULL,
	detail		jsonb NOT NULL,		-- never a secret
	address		text			-- NULL: on the machine itself
);
