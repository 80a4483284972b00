/* api_resolve.c - what a number means */
#include "api.h"
#include "resolve.h"
#include "session.h"

/** GET /resolve?number= -> {"dialled", "canonical", "extension"?, "user"} */
enum err api_resolve(struct request *req)
{
	const char *number = request_query(req, "number");
	json_t *meaning;
	enum err err;

	if (!number)
		return fault_set(request_fault(req), ERR_INPUT,
			"The parameter number is missing");
	err = resolve_number(request_user(req), number, &meaning);
	if (err == ERR_VALUE)
		return fault_set(request_fault(req), err,
			"That is not a number");
	if (err)
		return err;
	return request_reply(req, 200, meaning);
}
