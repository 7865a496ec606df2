// The functions that wolfSSL calls: bytes in and out, tickets, the client's certificates.
// TlsContext gives them to each context; `user` is what the session or the context was given.
#pragma once

struct WOLFSSL;
struct WOLFSSL_X509_STORE_CTX;

namespace signet::tls_callbacks {

// Bytes from and to the TlsTransport that `user` points to.
int Receive(WOLFSSL* session, char* buffer, int size, void* user);
int Send(WOLFSSL* session, char* buffer, int size, void* user);

// Seals and opens tickets with the TicketKeys that `user` points to.
int Ticket(WOLFSSL* session, unsigned char* key_name, unsigned char* iv, unsigned char* mac,
           int encrypt, unsigned char* ticket, int size, int* out_size, void* user);

// Where there are to be no tickets: makes none and knows none.
int NoTicket(WOLFSSL* session, unsigned char* key_name, unsigned char* iv, unsigned char* mac,
             int encrypt, unsigned char* ticket, int size, int* out_size, void* user);

// Keeps wolfSSL's verdict, and the chain of the client if it was good.
int Verify(int good, WOLFSSL_X509_STORE_CTX* store);

}  // namespace signet::tls_callbacks
