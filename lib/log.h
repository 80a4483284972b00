/* log.h - one line per event in the life of an object, to stderr */
#ifndef LOG_H
#define LOG_H

/** error: someone must act; warn: odd but handled; info: once per life step */
enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/** Set what is written. @param level  "error", "warn", "info" or "debug" */
void log_open(const char *program, const char *level);

/**
 * Write a line: object, verb, facts. Control bytes are masked, so that foreign
 * text cannot fake a line. Never pass passwords, tokens or chat text.
 */
void log_write(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)

#endif
