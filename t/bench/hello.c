/* hello.c - the smallest FastCGI program, to compare mypbx-api with */
#include <fcgiapp.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	FCGX_Request req;
	int i, fd;

	FCGX_Init();
	fd = FCGX_OpenSocket(argv[1], 4096);
	for (i = 1; i < 4 && fork(); i++)
		;
	FCGX_InitRequest(&req, fd, 0);
	while (FCGX_Accept_r(&req) >= 0)
		FCGX_PutS("Content-Type: application/json\r\n\r\n{}\n", req.out);
	return 0;
}
